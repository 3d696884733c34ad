"""Looks for what is not its own: users, homes, the server's directory, other processes and what they were told."""

import errno
import glob
import os

PATHS = ("/etc/shadow", "/home", "/var/lib", "/var/log", "/var/spool", "/boot", "/sys/kernel",
         "/proc/kcore", "/proc/kmsg", "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/1/mem", "/proc/1/fd/0",
         "/proc/1/cwd/etc/shadow", "/run", "/srv")  # fmt: skip


def attempt(path):
    try:
        if os.path.isdir(path):
            return f"done: {len(os.listdir(path))} entries"
        with open(path, "rb") as file:
            file.read(1)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


def handler(event, _context):
    ends = {path: attempt(path) for path in (*PATHS, *event.get("paths", ()))}
    seen = glob.glob("/proc/[0-9]*")
    keys = [key for process in seen for key in keys_of(process)]
    return {"ends": ends, "processes": len(seen), "foreign keys": len(set(keys) - {own()})}


def own():
    return os.environ["AWS_ACCESS_KEY_ID"] + os.environ["AWS_LAMBDA_FUNCTION_NAME"]


def keys_of(process):
    try:
        with open(f"{process}/environ", "rb") as file:
            pairs = dict(line.split(b"=", 1) for line in file.read().split(b"\0") if b"=" in line)
    except OSError:
        return []
    if b"AWS_ACCESS_KEY_ID" not in pairs or b"AWS_LAMBDA_FUNCTION_NAME" not in pairs:
        return []
    return [(pairs[b"AWS_ACCESS_KEY_ID"] + pairs[b"AWS_LAMBDA_FUNCTION_NAME"]).decode()]
