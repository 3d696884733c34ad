"""Hostile functions: what each does, how it ends, and what of that needs bubblewrap.

A function that nothing contains without bubblewrap is not let loose then: it gets an event for its harmless half, which
shows that it could.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outcomes import ANY, KILLED, OUT_OF_MEMORY, TIMED_OUT, TOO_LARGE, End, exited, raised, refused, returned

SMALL = {"MemorySize": 128}


@dataclass(frozen=True)
class Harm:
    """One hostile function.

    Args:
        file: In `functions/`.
        what: What it does, for the README.
        ends: How it ends.
        event: What it is invoked with.
        options: Of the function.
        plain: How it ends without bubblewrap and control groups, where that is another way.
        escapes: Why it is not contained without bubblewrap; empty where it is.
        plain_event: What it is invoked with then.
        variant: Tells apart those of one file.
    """

    file: str
    what: str
    ends: End
    event: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    plain: End | None = None
    escapes: str = ""
    plain_event: Mapping[str, Any] | None = None
    variant: str = ""

    def timeout(self, end: End) -> int:
        """Seconds for one that ends so: a moment if it may hang, as much as a busy machine needs if it has to come to an end."""
        return 1 if "Timedout" in end.words else 50

    @property
    def name(self) -> str:
        """For a test's id."""
        return f"{self.file}-{self.variant}" if self.variant else self.file


def hides(told: dict[str, Any]) -> bool:
    """Whether nothing of the machine's was readable, and no other function's credentials."""
    ends = told["ends"]
    readable = {path for path, end in ends.items() if end.startswith("done") and end != "done: 0 entries"}
    return not readable and told["processes"] < 10 and told["foreign keys"] == 0


EMFILE = returned(
    "`OSError` (EMFILE) at 1,024",
    lambda ends: set(ends.values()) == {"EMFILE"},
)
HARMS = [
    Harm("forks_without_end", "forks without end", TIMED_OUT | OUT_OF_MEMORY, plain=KILLED | TIMED_OUT | OUT_OF_MEMORY),
    Harm(
        "starts_threads_without_end",
        "starts threads without end",
        returned("`RuntimeError` below 1,024", lambda started: started < 1024) | OUT_OF_MEMORY,
        plain=KILLED,
    ),
    Harm(
        "leaves_daemons",
        "forks twice to outlive its environment",
        returned("the daemons end with the environment", lambda told: told == "left"),
    ),
    Harm(
        "leaves_forking_daemons",
        "a daemon that forks on and on, deaf to SIGTERM",
        returned("it ends with the environment", lambda told: told == "left"),
    ),
    Harm("floods_stdout", "floods standard output", TIMED_OUT),
    Harm("floods_stderr", "floods standard error from eight threads", TIMED_OUT),
    Harm(
        "prints_an_endless_line",
        "prints 100 MB without a line end",
        returned("a log of 2 MB", lambda told: told == "printed") | TIMED_OUT,
        options={"Timeout": 20},
    ),
    Harm(
        "prints_garbage",
        "prints binary garbage and a forged REPORT line",
        returned("garbage in its log", lambda told: told == "printed"),
    ),
    Harm(
        "fills_tmp",
        "fills /tmp",
        returned("`OSError` (ENOSPC) at its size", lambda told: told == "ENOSPC"),
        plain=returned("`OSError` (ENOSPC) where the server may mount", lambda told: told in ("ENOSPC", 640)),
    ),
    Harm(
        "makes_a_million_files",
        "makes a million files in /tmp",
        TIMED_OUT | returned("`OSError` (ENOSPC)", lambda told: told == "ENOSPC"),
    ),
    Harm(
        "makes_a_file_with_a_hole",
        "a file of a petabyte without content, and 70,000 names for it",
        returned("takes no room", lambda size: size == 1 << 50) | raised("OSError"),
    ),
    Harm(
        "digs_directories",
        "directories 3,000 deep",
        returned("removed with the environment", lambda depth: depth == 3000),
    ),
    Harm("takes_memory", "takes memory without end", OUT_OF_MEMORY),
    Harm("maps_memory", "maps shared memory in four processes", OUT_OF_MEMORY),
    Harm(
        "keeps_memory_in_files",
        "files in memory that no process maps",
        OUT_OF_MEMORY,
        options=SMALL,
        escapes="they belong to no process; only a control group counts them",
        plain=returned("not noticed", lambda count: count == 3),
        plain_event={"megabytes": 192, "wait": False},
    ),
    Harm(
        "fills_the_page_cache",
        "writes and reads files again and again",
        returned("no harm: it is not its memory", lambda told: told == "fine"),
        options={"MemorySize": 512},
    ),
    Harm(
        "opens_everything",
        "100,000 sockets, files, pipes, inotify, epoll, memfd, eventfd each",
        EMFILE,
    ),
    Harm(
        "listens_on_every_port",
        "takes ports and connects to each",
        returned("`OSError` (EMFILE)", lambda told: told == "EMFILE"),
    ),
    Harm("ignores_every_signal", "ignores every signal and computes for ever", TIMED_OUT),
    Harm(
        "blocks_in_its_signal_handler",
        "never returns from its SIGTERM handler",
        returned("killed when SHUTDOWN's time is over", lambda told: told == "up"),
    ),
    Harm(
        "blocks_in_its_signal_handler",
        "the same while an invocation hangs",
        TIMED_OUT,
        event={"how": "hang"},
        variant="hangs",
    ),
    Harm(
        "stops_itself",
        "stops itself (SIGSTOP)",
        TIMED_OUT,
        # Who holds processes to their share by stopping them resumes those that stopped themselves, too.
        plain=TIMED_OUT | returned("resumed", lambda told: told == "resumed"),
    ),
    Harm(
        "kills_around_itself",
        "kills its parent, the first process and all it may",
        KILLED | returned("only its own die", lambda told: told == "alive") | TIMED_OUT,
        escapes="processes of one user may kill each other, the server among them",
        plain=returned("not tried", lambda told: told == "alive"),
        plain_event={"targets": []},
    ),
    Harm(
        "kills_around_itself",
        "kills its own process group",
        KILLED,
        event={"targets": [], "group": True},
        variant="group",
    ),
    Harm(
        "writes_over_its_code",
        "writes over /var/task, /opt, /var/runtime, /etc, /usr",
        refused(),
        escapes="it writes what the server's user may",
        plain=ANY,
        plain_event={"places": []},
    ),
    Harm(
        "reads_the_host",
        "reads /etc/shadow, homes, the server's directory, others' /proc",
        returned("not there, or empty", hides),
        escapes="it reads what the server's user may",
        plain=returned("readable", lambda told: told["processes"] > 5),
    ),
    Harm(
        "meddles_with_neighbours",
        "signals, traces, reads a neighbour's process",
        refused(),
        escapes="processes of one user may do that to each other",
        plain=returned("possible", lambda told: told["signal"] == "done"),
    ),
    Harm(
        "wants_to_be_root",
        "mount, chroot, setuid, namespaces, modules, keyrings, bpf, io_uring, clock, rlimits, devices, control groups",
        refused(),
        escapes="a function is what the server's user is",
        plain=ANY,
        plain_event={"only": ["io_uring"]},
    ),
    Harm(
        "replaces_tmp",
        "replaces /tmp by a link, follows a link out of it",
        refused(),
        escapes="it writes what the server's user may",
        plain=returned("the link is followed", lambda told: told["followed"] == "done"),
    ),
    Harm(
        "drives_the_server",
        "resets the server and reads its internal addresses",
        returned("403", lambda told: set(told.values()) == {403}),
    ),
    Harm(
        "forges_answers",
        "answers for other invocations, asks neighbours' Runtime APIs",
        returned("400, 403, or hung up", lambda told: set(told.values()) <= {400, 403, 404, "no answer"}),
    ),
    Harm("answers_a_gigabyte", "posts a response of 1 GB", TOO_LARGE),
    Harm("returns_too_much", "returns 20 MB", TOO_LARGE, event={"megabytes": 20}),
    Harm(
        "returns_too_much",
        "returns what cannot be JSON",
        raised("Runtime.MarshalError"),
        event={"deep": 100_000},
        variant="deep",
    ),
    Harm(
        "writes_deep_json",
        "posts and prints JSON 100,000 levels deep",
        End("taken as it is", lambda answer: answer.error is None and answer.body.startswith(b"[[[[")),
        options={"LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "WARN"}},
    ),
    Harm(
        "floods_headers",
        "request heads without end to its Runtime API",
        returned("hung up on", lambda ends: ends == ["hung up"] * 3),
    ),
    Harm(
        "trickles_to_its_api",
        "200 connections that send a byte now and then",
        returned("served all the same", lambda told: told == "answered"),
    ),
    Harm(
        "asks_from_two_threads",
        "asks for the next event itself, twice",
        returned("403", lambda seen: 403 in seen) | TIMED_OUT,
        options={"Timeout": 3},
    ),
    Harm("sends_garbage", "sends its Runtime API what is no HTTP", returned("hung up on", lambda told: told == "sent")),
    Harm(
        "registers_a_thousand_times",
        "registers 1,000 extensions",
        TIMED_OUT | returned("403 after ten", lambda seen: seen == {"200": 10, "403": 990}),
        options={"Timeout": 3},
    ),
    Harm(
        "never_reads_telemetry",
        "subscribes to telemetry and reads none of it",
        returned("dropped", lambda told: told == "said") | TIMED_OUT,
        options={"Timeout": 5},
    ),
    Harm("becomes_a_shell", "becomes a shell", exited("exit status 7")),
    Harm(
        "crashes_in_every_way",
        "reads at a null pointer",
        exited("signal: segmentation fault"),
        event={"how": "null pointer"},
        variant="pointer",
    ),
    Harm("crashes_in_every_way", "aborts", exited("signal: aborted"), event={"how": "core dump"}, variant="abort"),
    Harm(
        "crashes_in_every_way",
        "closes every descriptor",
        TIMED_OUT | exited("exit status 1") | returned("a new connection", lambda told: told is None),
        event={"how": "closed descriptors"},
        variant="descriptors",
    ),
    Harm(
        "scans_the_loopback",
        "connects to ports of the machine",
        returned("nobody answers", lambda told: "answered" not in told.values()),
    ),
]
