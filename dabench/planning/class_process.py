"""A process that imports classes for a plan: torch takes half a gigabyte, and the parent of runs needs none of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from dabench.errors import DabenchError, PluginError
from dabench.parallel.child import end_with_parent, without_main
from dabench.parallel.signals import KILL
from dabench.planning.class_import import Facts, Stamp, facts_of, settled_stamps
from dabench.plugin.guard import named
from dabench.specs.spec import BackboneSpec, MethodSpec

# Forking a process that may have threads is not safe.
_CONTEXT = multiprocessing.get_context("spawn")


class ClassProcess:
    """A process that imports classes and tells their facts, until it is closed."""

    def __init__(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True, name="dabench-classes")
        with without_main():
            self._process.start()
        theirs.close()  # so that the pipe reports the process's end

    def facts_of(self, spec: MethodSpec | BackboneSpec, options: Mapping[str, Any]) -> Facts:
        """Facts of a class, and raises, as `class_import.facts_of`; also if the import ends the process."""
        try:
            self._pipe.send((spec, dict(options)))
            answer: Facts | DabenchError = self._pipe.recv()
        except Exception as error:  # it is gone, or has sent something else
            self._process.join(2)
            raise PluginError(
                f"{spec.name!r} cannot be imported from {spec.entry_point}: the process that imported it "
                f"{_end(self._process.exitcode)}. Fix its plugin, or leave it out with --methods."
            ) from error
        if isinstance(answer, DabenchError):
            raise answer
        return answer

    def settled_stamps(self) -> dict[str, Stamp] | None:
        """The stamps of `class_import.settled_stamps` in that process; None if it is gone."""
        try:
            self._pipe.send(None)
            answer: dict[str, Stamp] | None = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return answer

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, KILL)
        self._process.join()
        self._pipe.close()


def _end(code: int | None) -> str:
    """The way in which a process has ended, as a phrase."""
    if code is None:
        return "does not answer"
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"


def _serve(pipe: Connection) -> None:
    """Answer until the parent ends this process."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent takes it
    while True:
        try:
            asked: tuple[MethodSpec | BackboneSpec, dict[str, Any]] | None = pipe.recv()
        except EOFError:  # the parent has gone
            return
        pipe.send(settled_stamps() if asked is None else _answer(*asked))


def _answer(spec: MethodSpec | BackboneSpec, options: dict[str, Any]) -> Facts | DabenchError:
    try:
        return facts_of(spec, options)
    except DabenchError as error:
        return error
    except Exception as error:  # the validators of a plugin's options may raise anything
        return PluginError(f"{spec.name!r}: its options cannot be checked: {named(error)}. Fix its plugin.")
