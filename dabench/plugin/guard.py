"""Foreign code while it is imported or asked: it may hang, end the process, or print, and the command goes on."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from types import FrameType
from typing import Any, NoReturn

from dabench.parallel.signals import StopError
from dabench.specs.broken import why

TIMEOUT = "DABENCH_PLUGIN_TIMEOUT"
TIMEOUT_S = 120.0  # a hook module should import nothing heavy; one that does may take this long on a slow disk


_NO_FILE = (ValueError, OSError, RuntimeError, AttributeError)  # what faulthandler raises where stderr is no file


class PluginFault(BaseException):
    """An act of foreign code instead of returning; the message says which."""


@contextmanager
def guarded(times: float = 1) -> Iterator[None]:
    """Within the block foreign code works for this process; whatever it raises is a PluginFault or an Exception.

    An import that takes longer than `DABENCH_PLUGIN_TIMEOUT` seconds is broken off. `os._exit` raises. What is printed
    goes to stderr. Where a crash ends the process after all, the interpreter says where it was. A real Ctrl-C gets
    through.

    Args:
        times: as much as that time may pass.

    Raises:
        PluginFault: the code hung, wanted to end the process, or raised what is no Exception.
    """
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(sys.stderr))
        stack.enter_context(_no_exit())
        pressed = stack.enter_context(_signals(times * _seconds()))
        try:
            yield
        except (Exception, PluginFault):
            raise
        except KeyboardInterrupt as error:
            if pressed or isinstance(error, StopError):  # of a signal that ends the command
                raise
            raise PluginFault("it raised KeyboardInterrupt, and nobody pressed Ctrl-C") from error
        except BaseException as error:
            raise PluginFault(f"it raised {type(error).__name__}: {error}") from error


def _seconds() -> float:
    try:
        return max(0.1, float(os.environ.get(TIMEOUT, TIMEOUT_S)))
    except ValueError:
        return TIMEOUT_S


@contextmanager
def _no_exit() -> Iterator[None]:
    """`os._exit` of this process and thread raises within the block. A crash says where it happened."""
    real, process, thread = os._exit, os.getpid(), threading.get_ident()
    inside = True

    def leave(code: int) -> NoReturn:
        if inside and (os.getpid(), threading.get_ident()) == (process, thread):
            raise PluginFault(f"it called os._exit({code})")
        real(code)

    was_enabled = faulthandler.is_enabled()
    with _patched(leave):
        try:
            if not was_enabled:
                with suppress(*_NO_FILE):
                    faulthandler.enable()
            yield
        finally:
            inside = False
            if not was_enabled:
                faulthandler.disable()


@contextmanager
def _patched(leave: Any) -> Iterator[None]:
    modules: list[Any] = [os, *(module for name in ("posix", "nt") if (module := sys.modules.get(name)))]
    before = [module._exit for module in modules]
    for module in modules:
        module._exit = leave
    try:
        yield
    finally:
        for module, value in zip(modules, before, strict=True):
            module._exit = value


@contextmanager
def _signals(seconds: float) -> Iterator[list[int]]:
    """Break off what takes too long; the list is not empty once the user has pressed Ctrl-C.

    What does not let itself be broken off ends the process after twice the time, and the interpreter says where it was.
    """
    pressed: list[int] = []

    def too_long(number: int, frame: FrameType | None) -> None:
        raise PluginFault(f"it took more than {seconds:g} s; {TIMEOUT} allows more")

    def interrupt(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield pressed  # only the main thread gets signals
        return
    handlers: dict[int, Any] = {signal.SIGALRM: too_long}
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        handlers[signal.SIGINT] = interrupt
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with suppress(*_NO_FILE):
            faulthandler.dump_traceback_later(2 * seconds, exit=True)
        yield pressed
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, *timer)
        for number, handler in before.items():
            signal.signal(number, handler)


def named(error: BaseException) -> str:
    """The error or the act of foreign code, in one phrase, with its place in the plugin."""
    return str(error) if isinstance(error, PluginFault) else why(error)
