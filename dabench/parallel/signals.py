"""Signals that end a command: each as Ctrl-C does, with an exit code of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""How systems stop a process: batch systems, containers, `timeout`; and how a terminal does that closes."""

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""The signal that nothing puts off; Windows has none, and ends a process by any signal."""


class StopError(KeyboardInterrupt):
    """The system stops the command. Whatever handles Ctrl-C handles it, too.

    Attributes:
        signal: which asked for it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)


def exit_code(error: BaseException) -> int:
    """The exit code of an interrupted command: 128 and the signal's number, as shells have it; 130 for Ctrl-C."""
    return 128 + (error.signal if isinstance(error, StopError) else signal.SIGINT)


def what_happened(error: BaseException) -> str:
    """The first words of a message: `Interrupted`, or `Stopped by SIGTERM`."""
    return f"Stopped by {error.signal.name}" if isinstance(error, StopError) else "Interrupted"


@contextmanager
def stopping() -> Iterator[None]:
    """Within the block those signals raise a `StopError`, but for those that are ignored, as under `nohup`.

    The first alone: some systems send it twice, and what ends the command must not be cut off by the second.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread has handlers
        return

    def stop(number: int, frame: FrameType | None) -> None:
        for other in before:
            signal.signal(other, signal.SIG_IGN)
        raise StopError(number)

    before = {number: found for number in STOPPING if (found := signal.getsignal(number)) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let signals that end the command take effect at the end of the block, so that what it does is done."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    before = {number: found for number in (signal.SIGINT, *STOPPING) if callable(found := signal.getsignal(number))}
    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        before[signal.Signals(came[0])](came[0], None)
