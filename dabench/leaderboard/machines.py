"""Pairs of runs: runs of one seed on one kind of machine.

A seed fixes initial weights, batches and splits, and the rest of a run follows to the bit only with the same kind of
processor, the same release of torch and the same numerics of dabench. On another kind a run of that seed is as good as
one of another seed: differences between the two hold what the seed no longer cancels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import pandas as pd

from dabench.runs.record import SCORED

# Equal for runs that may be pairs -> what to call it. Of files of schema 1 and 2 some are unknown: their runs pair with
# each other, not with runs of which they are known.
KIND = {
    "env_processor": "processor",
    "env_cpu_capability": "instructions of torch",
    "env_onednn_isa": "of oneDNN",
    "env_blas": "BLAS",
    "env_device": "device",
    "env_torch": "torch",
    "code_numerics": "NUMERICS_VERSION",
}
NAMED = ("env_device", "env_torch")  # a table has notes of their own for these
UNKNOWN = "unknown"

Machine = tuple[str, ...]  # values of KIND


_VALUES = attrgetter(*KIND)


def machine_of(run: Any) -> Machine:
    """The kind of machine of a run, a row of the frame of runs. Of torch the release counts, not its build."""
    return _machine(_VALUES(run))


@lru_cache(maxsize=1024)  # a large table asks a million times about a few kinds of machine
def _machine(values: tuple[Any, ...]) -> Machine:
    named = [UNKNOWN if pd.isna(value) else str(value) for value in values]
    return tuple(
        value.partition("+")[0] if column == "env_torch" else value for column, value in zip(KIND, named, strict=True)
    )


def has_number(run: Any) -> bool:
    """Whether a run has an accuracy, a collapsed one included."""
    return run.status in SCORED


def partners(runs: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """The runs of `others` that make a pair with one of `runs`: the same seed on the same kind of machine."""
    there = {(run.seed, machine_of(run)) for run in runs if has_number(run)}
    return [run for run in others if (run.seed, machine_of(run)) in there]


def are_pairs(runs: Iterable[Any]) -> bool:
    """Whether all runs of each seed that have a number are of one kind of machine."""
    machines: dict[int, set[Machine]] = defaultdict(set)
    for run in runs:
        if has_number(run):
            machines[run.seed].add(machine_of(run))
    return all(len(kinds) == 1 for kinds in machines.values())


def machines_note(runs: Sequence[Any]) -> str:
    """The number of runs of each kind of machine, by what differs beside `NAMED`; an empty string for one kind."""
    machines = [dict(zip(KIND.values(), machine_of(run), strict=True)) for run in runs]
    shown = [what for column, what in KIND.items() if column not in NAMED]
    differs = [what for what in shown if len({machine[what] for machine in machines}) > 1]
    counts = Counter(_kind({what: machine[what] for what in differs}) for machine in machines)
    listed = "; ".join(f"{count} with {kind}" for kind, count in counts.items())
    return f"runs of more than one kind of machine: {listed}" if differs else ""


def _kind(values: Mapping[str, str]) -> str:
    """`torch 2.9.0, instructions of torch AVX2`; what is unknown comes last, in one phrase."""
    known = [f"{name} {value}" for name, value in values.items() if value != UNKNOWN]
    unknown = [name for name, value in values.items() if value == UNKNOWN]
    return ", ".join([*known, *([f"unknown {', '.join(unknown)}"] if unknown else [])])
