"""Asks the kernel for everything that is root's, and for what opens a way there."""

import ctypes
import errno
import os
import resource
import time

LIBC = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_NET, NEW_MOUNTS = 0x10000000, 0x40000000, 0x00020000


def call(name, *args):
    ctypes.set_errno(0)
    if getattr(LIBC, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)


def number(which, *args):
    call("syscall", which, *args)


def clone_with(flags):
    child = LIBC.syscall(56 if os.uname().machine == "x86_64" else 220, flags | 17, None, None, None, None)
    if child == 0:
        os._exit(0)
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(child, 0)


def by_machine(x86, arm):
    return x86 if os.uname().machine == "x86_64" else arm


ATTEMPTS = {
    "mount": lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": lambda: call("umount2", b"/tmp", 2),
    "pivot_root": lambda: number(by_machine(155, 41), b"/tmp", b"/tmp"),
    "chroot": lambda: os.chroot("/tmp"),
    "setuid": lambda: os.setuid(0),
    "setgroups": lambda: os.setgroups([0]),
    "user namespace": lambda: call("unshare", NEW_USER),
    "user namespace by clone": lambda: clone_with(NEW_USER),
    "network namespace": lambda: call("unshare", NEW_NET),
    "mount namespace": lambda: call("unshare", NEW_MOUNTS),
    "setns": lambda: call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0),
    "init_module": lambda: number(by_machine(175, 105), b"x", 1, b""),
    "kexec": lambda: number(by_machine(246, 104), 0, 0, None, 0),
    "keyctl": lambda: number(by_machine(250, 219), 0, -3, 1),
    "add_key": lambda: number(by_machine(248, 217), b"user", b"harm", b"x", 1, -3),
    "bpf": lambda: number(by_machine(321, 280), 0, None, 0),
    "perf_event_open": lambda: number(by_machine(298, 241), None, 0, -1, -1, 0),
    "userfaultfd": lambda: number(by_machine(323, 282), 0),
    "io_uring": lambda: number(425, 1, None),
    "fsopen": lambda: number(430, b"tmpfs", 0),
    "open_by_handle_at": lambda: number(by_machine(304, 265), -1, None, 0),
    "clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    "swapon": lambda: number(by_machine(167, 224), b"/tmp/swap", 0),
    "reboot": lambda: number(by_machine(169, 142), 0, 0, 0, None),
    "hostname": lambda: number(by_machine(170, 161), b"harm", 4),
    "quicker than others": lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    "realtime": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    "more descriptors": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (65536, 65536)),
    "device": lambda: os.mknod("/tmp/disk", 0o60600, os.makedev(8, 0)),
    "group": lambda: open("/sys/fs/cgroup/cgroup.procs", "w").close(),
}


def handler(event, _context):
    ends = {}
    for name in event.get("only") or ATTEMPTS:
        try:
            ATTEMPTS[name]()
            ends[name] = "done"
        except (OSError, ValueError) as error:
            ends[name] = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    return ends
