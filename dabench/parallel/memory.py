"""Memory that a process keeps for itself once it had it."""

from __future__ import annotations

import ctypes
import sys

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
