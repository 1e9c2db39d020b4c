"""The choices of whoever asks for runs: where and how they are made, and which of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dabench.config.overrides import Overrides
from dabench.config.settings import Shots

if TYPE_CHECKING:
    from dabench.config.suite import Suite


@dataclass(frozen=True, kw_only=True)
class RunChoices:
    """The place and the manner of runs; None is the session's own choice.

    Attributes:
        device: `auto`, `cpu` or `cuda`.
        launcher: the name of a launcher.
        launcher_options: its options, as in `gpus=0.5`.
        workers: how many runs at a time.
        timeout_s: for each run.
        memory_gib: that each run may add to its worker.
        directory: the results folder.
    """

    device: str | None = "auto"
    launcher: str = "processes"
    launcher_options: tuple[str, ...] = ()
    workers: int | None = None
    timeout_s: float | None = None
    memory_gib: float | None = None
    directory: Path = Path("results")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The runs that are wanted of a suite; None is what the suite says. See `planning.plan.make_plan`.

    Attributes:
        suite: as its file says.
        methods: names of methods and rows.
        pairs: `source:target` each.
        seeds: of the runs.
        shots: of a suite that has some.
        overrides: changes of settings.
    """

    suite: Suite
    methods: Sequence[str] | None = None
    pairs: Sequence[str] | None = None
    seeds: tuple[int, ...] | None = None
    shots: tuple[Shots, ...] | None = None
    overrides: Overrides = field(default_factory=Overrides)
