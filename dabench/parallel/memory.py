"""Memory that a process keeps for itself once it had it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Of mallopt(3).
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
NEVER, PAD, LARGEST = 2**31 - 1, 64 * 2**20, 32 * 2**20


def keep_freed_memory() -> None:
    """Keep what is freed for what is allocated next, where the C library is glibc; does nothing elsewhere.

    A training step allocates and frees the same tens of megabytes every time. By default the system takes them back
    and clears them anew, page by page: a tenth of a step of a small network. Blocks above 32 MiB still go back.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is None:
        return
    for option, value in ((MMAP_THRESHOLD, LARGEST), (TRIM_THRESHOLD, NEVER), (TOP_PAD, PAD)):
        mallopt(option, value)


def can_limit() -> bool:
    """Whether the system can limit the memory of a process."""
    return sys.platform.startswith("linux") and Path("/proc/self/status").is_file()


@contextmanager
def memory_limited(more: int | None) -> Iterator[None]:
    """Within the block this process may have so many bytes more than at its beginning; further ones are a MemoryError.

    What counts is private memory that can be written (`VmData`), whether it is used or only reserved. Files that are
    mapped, and memory that is shared, do not count. Does nothing for None, and where `can_limit` says no.

    Args:
        more: bytes.
    """
    if more is None or not can_limit():
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _private_bytes() + more
    hard = before[1]
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _private_bytes() -> int:
    """The private memory of this process that can be written."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
