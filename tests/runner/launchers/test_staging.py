"""A machine fetches what a run needs, once, and says what is missing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dabench.errors import DabenchError
from dabench.execution.closed_labels import ClosedLabelsError, labels_closed
from dabench.execution.frozen_features import frozen_features_folder
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runner.launchers.staging import FOLDER, lay_out, staged
from dabench.runs.job import Job
from tests.support.toy_runs import plan_of


@pytest.fixture
def job(registry: Registry, tmp_path: Path) -> Job:
    """A job that is laid out in the shared folder `results`."""
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    (made,) = make_jobs(plan, plan.runs, tmp_path / "results", registry, RunOptions(device="cpu"))
    lay_out(made, tmp_path / "results")
    return made


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of another machine."""
    monkeypatch.setenv("DABENCH_DATA_DIR", str(tmp_path / "node"))
    return tmp_path / "node"


def test_every_path_is_absolute(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DABENCH_DATA_DIR", "relative")
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    (made,) = make_jobs(plan, plan.runs, tmp_path / "results", registry, RunOptions(device="cpu"))
    paths = [
        made.data.source.folder,
        made.data.target.folder,
        *(getattr(made.files, name) for name in ("log", "state")),
    ]
    assert all(path.is_absolute() for path in paths)


def test_domains_are_fetched_once_and_those_here_stay(job: Job, tmp_path: Path, elsewhere: Path) -> None:
    here = staged(job, tmp_path / "results")
    source, target = here.data.source, here.data.target
    assert (source.folder.parent, target.folder.parent) == (elsewhere / "ready", elsewhere / "ready")
    np.testing.assert_array_equal(source.open().train.y, job.data.source.open().train.y)
    np.testing.assert_array_equal(target.open_examples().test.x, job.data.target.open_examples().test.x)
    stamp = source.folder.stat().st_mtime_ns
    assert staged(job, tmp_path / "results").data.source.folder.stat().st_mtime_ns == stamp


def test_labels_of_the_target_stay_with_the_command(job: Job, tmp_path: Path, elsewhere: Path) -> None:
    here = staged(job, tmp_path / "results")
    name = job.data.target.folder.name
    for folder in (elsewhere / "labels", tmp_path / "results" / FOLDER / "labels"):
        assert not (folder / name).exists()
    labels = tmp_path / "results" / FOLDER / "labels" / job.data.source.folder.name / "train_y.npy"
    with labels_closed(here.data.target, here.files.closed), pytest.raises(ClosedLabelsError):
        labels.open("rb")


def test_a_missing_piece_is_named_with_what_to_do(job: Job, tmp_path: Path, elsewhere: Path) -> None:
    with pytest.raises(DabenchError, match=r"the domain toy_a is neither in .* on a shared disk with --results"):
        staged(job, tmp_path / "other")


def test_a_damaged_piece_is_named(job: Job, tmp_path: Path, elsewhere: Path) -> None:
    shared = tmp_path / "results" / FOLDER / "ready" / job.data.source.folder.name / "train_x.npy"
    content = shared.read_bytes()
    shared.unlink()  # it may be a link to the prepared copy
    shared.write_bytes(content[:-100] + bytes(100))
    with pytest.raises(DabenchError, match="toy_a was fetched and is damaged"):
        staged(job, tmp_path / "results")
    assert not (elsewhere / "ready" / shared.parent.name).exists()


@pytest.mark.slow
def test_features_of_a_frozen_network_are_fetched(registry: Registry, tmp_path: Path, monkeypatch) -> None:
    options = {"weights": "none", "bottleneck": 8, "frozen": True}
    backbone = {"name": "resnet18", "options": options}
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[], backbone=backbone)
    (made,) = make_jobs(plan, plan.runs, tmp_path / "results", registry, RunOptions(device="cpu"))
    folder = frozen_features_folder(made.data.source, made.backbone, made.settings, "cpu")
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / "train.npy").write_bytes(b"for tests")
    try:
        lay_out(made, tmp_path / "results")
    finally:
        shutil.rmtree(folder)
    monkeypatch.setenv("DABENCH_DATA_DIR", str(tmp_path / "node"))
    staged(made, tmp_path / "results")
    assert (tmp_path / "node" / "features" / folder.name / "train.npy").read_bytes() == b"for tests"


def test_the_device_is_that_of_the_machine(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = replace(job, device="cuda")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(DabenchError, match="this machine has no CUDA device"):
        staged(wanted, tmp_path / "results")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert staged(wanted, tmp_path / "results").device == "cuda:0"


def test_features_of_another_kind_of_machine_have_another_name(job: Job, tmp_path: Path) -> None:
    from dabench.runner.launchers.staging import bits_here

    same = staged(job, tmp_path / "results", bits_here()).files.features
    other = staged(job, tmp_path / "results", "0123").files.features
    assert same == job.files.features
    assert (other.parent, other.stem.startswith(same.stem)) == (same.parent, True)
    assert other != same
