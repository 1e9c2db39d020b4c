"""Launchers that ship pass the kit. Those of clusters have more tests in `tests/runner/launchers/`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from dabench.testing.failure import CheckFailedError
from dabench.testing.launchers import LAUNCHER_CHECKS, Check, check_records


@pytest.mark.slow
@pytest.mark.parametrize("check", LAUNCHER_CHECKS[:2])  # tests of `runner` stop commands that use processes
def test_processes(check: Check, tmp_path: Path) -> None:
    check("processes", tmp_path, {})


@pytest.mark.slow
# submitit does not wait for the end of the programs that it has started here: Python says so when it clears them away.
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("check", LAUNCHER_CHECKS)
def test_slurm_without_slurm(check: Check, tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    check("slurm", tmp_path, {"local": True})
    gc.collect()  # so that it says so in this test


@pytest.mark.slow
def test_inline(tmp_path: Path) -> None:
    check_records("inline", tmp_path, {})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return inline.launch(sorted(jobs, key=lambda job: job.network is None))", "coral after the network"),
    ],
)
def test_what_a_launcher_does_wrong_is_found(site: Any, tmp_path: Path, body: str, words: str) -> None:
    hooks = f"""
        from dabench import LauncherSpec, hookimpl
        from dabench.runner.launchers import inline
        from dabench.runs.job import Progress, Started
        @hookimpl
        def dabench_launchers():
            yield LauncherSpec(name="mine", entry_point="wrong_launcher:launch", summary="mine")
        def launch(jobs, workers):
            events = list(inline.launch(jobs))
            {body}
    """
    site.install("wrong-launcher", {"hooks": "wrong_launcher"}, wrong_launcher=hooks)
    with pytest.raises((CheckFailedError, ValueError), match=words):
        check_records("mine", tmp_path, {})
