"""Worker processes that do not outlive the process they work for. Quick to import, because they do."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from types import ModuleType

from dabench.parallel.signals import KILL

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


@contextmanager
def without_main() -> Iterator[None]:
    """Within the block, new processes do not run the program's main module again, which they need nothing of.

    Else a script without `if __name__ == "__main__":` would start over in each of its workers.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def end_with_parent() -> None:
    """End this worker as soon as the process that started it is gone, also when that was killed.

    A thread waits for the parent's end. On Linux the kernel kills the worker besides, which no native code that holds
    the interpreter can put off; it does so already when the thread that started the worker ends.
    """
    parent = parent_process()
    assert parent is not None, "called in a worker"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, KILL, 0, 0, 0)
        if os.getppid() != parent.pid:  # it ended before the kernel was asked
            os._exit(1)
