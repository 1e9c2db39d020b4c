"""Launchers are classes with options, or functions of plugins without."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.plugin.registry import Registry, load_registry
from dabench.runner.launchers.base import class_of, made
from dabench.specs.spec import LauncherSpec, Origin, Registered

ORIGIN = Origin(distribution="mine", version="1", entry_point="x")


def _function(jobs: object, workers: int) -> list[object]:
    return [workers]


def test_options_are_validated_as_those_of_a_method_are(tmp_path: Path) -> None:
    ray = load_registry().get(LauncherSpec, "ray")
    assert made(ray, {"gpus": 0.5}, tmp_path).options.gpus == 0.5
    with pytest.raises(UsageError, match=r"ray\.gpu: .* Did you mean 'gpus'\? Options of ray: retries"):
        made(ray, {"gpu": 0.5}, tmp_path)
    with pytest.raises(UsageError, match=r"ray\.gpus: .*greater than or equal to 0"):
        made(ray, {"gpus": -1}, tmp_path)


def test_a_function_is_a_launcher_without_options(tmp_path: Path) -> None:
    spec = LauncherSpec(name="mine", entry_point=f"{__name__}:_function", summary="mine")

    class Loaded(Registered[LauncherSpec]):
        def load(self) -> object:
            return _function

    mine = Loaded(spec, ORIGIN)
    assert list(made(mine, {}, tmp_path).launch([], 3)) == [3]
    with pytest.raises(UsageError, match="Options of mine: none"):
        made(mine, {"retries": 1}, tmp_path)
    assert not class_of(mine).elsewhere


@pytest.mark.parametrize(("name", "elsewhere", "detachable"), [
    ("inline", False, False), ("processes", False, False), ("ray", True, False), ("dask", True, False),
    ("slurm", True, True),
])  # fmt: skip
def test_those_that_ship(registry: Registry, name: str, elsewhere: bool, detachable: bool) -> None:
    found = class_of(registry.get(LauncherSpec, name))
    assert (found.elsewhere, found.detachable) == (elsewhere, detachable)
