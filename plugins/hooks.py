"""The built-in methods, announced to dabench like anybody's. The methods themselves are the files beside this one."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins import (
    asks,
    bridging_specs,
    classic_specs,
    few_shot_specs,
    paired_specs,
    self_supervised_specs,
    several_tasks_specs,
    skada_specs,
    source_free_specs,
    transfer_specs,
    unsupervised_specs,
)

from dabench import AskSpec, MethodSpec, hookimpl

SPECS = (
    classic_specs,
    unsupervised_specs,
    source_free_specs,
    few_shot_specs,
    transfer_specs,
    several_tasks_specs,
    bridging_specs,
    self_supervised_specs,
    skada_specs,
    paired_specs,
)


@hookimpl
def dabench_methods() -> Iterator[MethodSpec]:
    """The methods, in the order in which they are listed: the two bounds come first."""
    for module in SPECS:
        yield from module.specs()


@hookimpl
def dabench_asks() -> Iterator[AskSpec]:
    """The rules of the track active."""
    yield from asks.specs()
