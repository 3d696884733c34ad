"""A program on a real terminal, for tests."""

import os
import pty
import select
import time


class Terminal:
    """A program on a pty of 100 by 40 characters."""

    def __init__(self, command, kind="xterm-256color"):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM=kind, COLUMNS="100", LINES="40", LANG="C.UTF-8")
            os.execv(command[0], command)
        self.seen = ""

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            if not self.read(1):
                break
        assert text in self.seen, self.seen[-2000:]

    def read(self, seconds):
        """Read what is there; False at the end of the program's output."""
        try:
            if select.select([self.fd], [], [], seconds)[0]:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
        except OSError:
            return False
        return True

    def status(self):
        while self.read(5):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
