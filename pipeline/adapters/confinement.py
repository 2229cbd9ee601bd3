"""What a process that decodes may do: little memory and time, no new files, no network, no other processes.

For Linux; the list of system calls for x86-64 only. It imports nothing beyond the standard library, and gives up
rights for good: what calls it is meant to end soon.
"""

import ctypes
import fcntl
import os
import platform
import resource
import select
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 22, 4, 38
_FILTER_MODE = 2
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

_X86_64 = 0xC000003E
_X32_CALLS = 0x40000000
# fmt: off
_CALLS = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "nanosleep": 35, "getpid": 39, "exit": 60, "fcntl": 72,
    "gettimeofday": 96, "gettid": 186, "futex": 202, "sched_getaffinity": 204, "clock_gettime": 228,
    "clock_nanosleep": 230, "exit_group": 231, "newfstatat": 262, "getrandom": 318, "rseq": 334,
}
# fmt: on
"""The system calls that decoding an open file needs; every other one fails with "not permitted". Nothing is opened,
sent, started, signalled or given other limits. Numbers from the kernel's arch/x86/entry/syscalls/syscall_64.tbl."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def limit(*, memory_bytes: int, cpu_s: int) -> None:
    """Give this process so much memory beyond what it has mapped already, and so much processor time; no new files."""
    most = memory_bytes + _mapped()
    for kind, wanted in (
        (resource.RLIMIT_AS, most),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 8),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # At the hard limit of time a process is killed without a word of why, at the soft one it is told.
        spare = 1 if kind == resource.RLIMIT_CPU and hard in (resource.RLIM_INFINITY, max(hard, value + 1)) else 0
        resource.setrlimit(kind, (value, value + spare))


def end_with_parent(parent: int) -> None:
    """Have this process killed when the one that forked it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def end_with_line(line: int) -> None:
    """Have this process killed when the other end of this socket is closed, whatever it is at, until `outlive_line`.

    For what a thread that may end before the process starts, of which the death of a parent is no sign. The other end
    has to be silent meanwhile.
    """
    if not sys.platform.startswith("linux"):
        return
    fcntl.fcntl(line, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)  # whatever happens there is SIGIO
    poll = select.poll()
    poll.register(line, 0)
    if poll.poll(0):  # it was closed before
        os._exit(1)


def outlive_line(line: int) -> None:
    """Take `end_with_line` back."""
    if sys.platform.startswith("linux"):
        fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) & ~os.O_ASYNC)


def renounce() -> bool:
    """True once this process can make no system call but those that decoding needs; False where that cannot be had.

    Its memory can be looked into by no other process of the same user either way, and it can gain no rights.
    """
    _prctl(_PR_SET_DUMPABLE, 0)
    if _prctl(_PR_SET_NO_NEW_PRIVS, 1) != 0 or platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return False
    program = _filter()
    kept = ctypes.create_string_buffer(program, len(program))
    given = _Program(len(program) // 8, ctypes.cast(kept, ctypes.c_void_p))
    return _prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(given)) == 0


def can_renounce() -> bool:
    """Whether `renounce` works here, tried in a process of its own."""
    if (child := os.fork()) == 0:
        os._exit(0 if renounce() else 1)
    return os.waitpid(child, 0)[1] == 0


def leave_network() -> bool:
    """True once this process has a network namespace of its own, with no way out; False where that is not permitted."""
    if not sys.platform.startswith("linux"):
        return False
    unshare = ctypes.CDLL(None, use_errno=True).unshare
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def _filter() -> bytes:
    """A program of classic BPF: refuse other architectures, allow the list, let every other call fail with EPERM."""
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000
    numbers = sorted(_CALLS.values())
    steps = [(load, 0, 0, 4), (equal, 1, 0, _X86_64), (give, 0, 0, kill), (load, 0, 0, 0)]
    steps.append((at_least, len(numbers), 0, _X32_CALLS))
    steps += [(equal, len(numbers) - at, 0, number) for at, number in enumerate(numbers)]
    steps += [(give, 0, 0, refuse), (give, 0, 0, allow)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def _mapped() -> int:
    """Bytes of address space that this process has."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _prctl(option: int, value: int, more: int = 0) -> int:
    if not sys.platform.startswith("linux"):
        return -1
    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    return int(call(option, value, more, 0, 0))
