"""The contract of launchers: a class with options, whose `launch` turns jobs into events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from dabench.config.options import validated
from dabench.device import default_workers
from dabench.runs.job import Event, Finished, Job
from dabench.specs.spec import LauncherSpec, Registered


@dataclass(frozen=True)
class Left:
    """Runs that go on without the command.

    Attributes:
        where: words that say where they are, for the user; empty if there are none.
        ends: of runs that could not be sent.
    """

    where: str
    ends: Sequence[Finished] = ()


class Launcher:
    """A way to carry out runs.

    Attributes:
        name: of its spec; empty where it was made without one.
        elsewhere: runs happen on other machines, which have devices, cores and data folders of their own.
        detachable: runs go on without the command that has launched them.
        options: of the command, validated.
        results: the results folder, absolute.
    """

    class Options(BaseModel):
        """Options of the launcher, declared as those of a method are."""

        model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    elsewhere: ClassVar[bool] = False
    detachable: ClassVar[bool] = False
    name = ""

    def __init__(self, options: Any, results: Path) -> None:
        """Keep the options; nothing is started yet."""
        self.options, self.results = options, results

    def launch(self, jobs: Sequence[Job], workers: int | None) -> Iterable[Event]:
        """Carry out jobs.

        Args:
            jobs: in their order. What is asked for is made then: a plan may have a hundred thousand.
            workers: how many at a time; None for as many as there is room for.

        Returns:
            Of each job a `Started` and all that `execute(job)` yields, unchanged, the last being a `Finished`. An
            interrupt is thrown into a generator, which may report what has finished meanwhile.
        """
        raise NotImplementedError

    def leave(self, jobs: Sequence[Job]) -> Left:
        """Start jobs that go on without the command, for a launcher that is `detachable`.

        A job that cannot be sent is a failed run, and keeps no other from being sent.
        """
        raise NotImplementedError


class OfFunction(Launcher):
    """A launcher that a plugin has without a class, as a function `(jobs, workers) -> iterable of events`."""

    function: ClassVar[Callable[[Sequence[Job], int], Iterable[Event]]]

    def launch(self, jobs: Sequence[Job], workers: int | None) -> Iterable[Event]:
        """Call the function; a number of workers that nobody has named is one per core."""
        return type(self).function(jobs, workers or default_workers(jobs[0].device))


def class_of(registered: Registered[LauncherSpec]) -> type[Launcher]:
    """The class of a launcher; of a plugin's function one that calls it.

    Raises:
        PluginError: it cannot be imported.
    """
    found = registered.load()
    if isinstance(found, type) and issubclass(found, Launcher):
        return found
    return type("OfFunction", (OfFunction,), {"function": staticmethod(found)})


def made(registered: Registered[LauncherSpec], options: Mapping[str, Any], results: Path) -> Launcher:
    """A launcher with its options.

    Raises:
        UsageError: wrong or unknown options.
        PluginError: it cannot be imported.
    """
    cls = class_of(registered)
    launcher = cls(validated(cls, dict(options), registered.spec.name), results)
    launcher.name = registered.spec.name
    return launcher
