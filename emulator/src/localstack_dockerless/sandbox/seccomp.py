"""System calls that no function needs and that reach deep into the kernel: refused, as far as Lambda refuses them, too.

Most need rights that a function has not got. A user namespace of its own would give it some of them, for use on the
machine's kernel, and a few (keyrings, io_uring) need none: those are what the filter is for.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Iterator
from functools import cache

REFUSED = {
    # name: the number on x86_64 and on aarch64, None where there is no such call
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_settime": (227, 112),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "vhangup": (153, 58),
}
"""Answered with EPERM."""
ABSENT = {
    "clone3": (435, 435),  # its flags are out of a filter's sight; C libraries then use clone
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
}
"""Answered with ENOSYS, as by a kernel without them, so that programs do it the older way."""
CLONE = (56, 220)
NAMESPACES = 0x7E020000
"""The flags of clone that make namespaces, from CLONE_NEWNS to CLONE_NEWNET."""

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""The column of a number above, and AUDIT_ARCH."""
_X32 = 0x40000000
# <linux/bpf_common.h>, <linux/seccomp.h>
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
Step = tuple[int, int, int, int]


@cache
def program(machine: str = platform.machine()) -> bytes | None:
    """Return the filter as bubblewrap's ``--seccomp`` reads it, None for a processor whose numbers are not known here.

    Args:
        machine: the processor, as ``uname -m`` names it.
    """
    if machine not in _MACHINES:
        return None
    column, name = _MACHINES[machine]
    return b"".join(struct.pack("=HBBI", *step) for step in _steps(column, name))


def _steps(column: int, machine: int) -> Iterator[Step]:
    """Each jump passes over the return behind it unless its condition holds."""
    yield _LOAD, 0, 0, _MACHINE_AT
    yield _EQUAL, 1, 0, machine
    yield _refusal(errno.ENOSYS)
    yield _LOAD, 0, 0, _NUMBER_AT
    yield _AT_LEAST, 0, 1, _X32  # x86_64's second set of numbers
    yield _refusal(errno.ENOSYS)
    for numbers, answer in ((REFUSED, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for number in (pair[column] for pair in numbers.values()):
            if number is not None:
                yield _EQUAL, 0, 1, number
                yield _refusal(answer)
    yield _EQUAL, 0, 3, CLONE[column]
    yield _LOAD, 0, 0, _FIRST_ARGUMENT_AT
    yield _ANY_BIT, 0, 1, NAMESPACES
    yield _refusal(errno.EPERM)
    yield _RETURN, 0, 0, _ALLOW


def _refusal(number: int) -> Step:
    return _RETURN, 0, 0, _ERRNO | number
