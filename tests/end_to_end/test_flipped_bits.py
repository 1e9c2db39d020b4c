"""One flipped bit in a file that later runs read gives no other numbers: it is noticed, said, and made anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dabench.data.prepared import content_sha256, prepare
from dabench.data.prepared_copy import labels_folder
from dabench.errors import ResultsError
from dabench.execution.execute import execute
from dabench.files import DamagedFileError, check_sealed, read_sealed, seal
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.selection.outputs import missing_outputs, outputs_folder, read_outputs
from dabench.specs.spec import DomainSpec
from tests.support.toy_runs import numbers, outcome_of, plan_of, run, with_limits

CPU = RunOptions(device="cpu")
SHARES = (0.0, 0.02, 0.3, 0.5, 0.8, 0.97, 1.0)  # of the way through a file


def flips(path: Path, shares: tuple[float, ...] = SHARES) -> Iterator[float]:
    """Flip a bit at several places in turn, and put the file back after each."""
    whole = path.read_bytes()
    for number, share in enumerate(shares):
        content = bytearray(whole)
        content[round(share * (len(whole) - 1))] ^= 1 << number % 8
        path.write_bytes(content)
        yield share
        path.write_bytes(whole)


def test_a_seal_tells_every_bit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(40)))
    seal(path)
    whole = path.read_bytes()
    assert read_sealed(path) == bytes(range(40))
    check_sealed(path)
    for at in range(len(whole)):
        content = bytearray(whole)
        content[at] ^= 1 << at % 8
        path.write_bytes(content)
        for read in (read_sealed, check_sealed):
            with pytest.raises(DamagedFileError):
                read(path)
    for cut in (b"", whole[:-1], whole[1:], whole + b"0"):
        path.write_bytes(cut)
        with pytest.raises(DamagedFileError):
            read_sealed(path)


@pytest.mark.parametrize("name", ["toy_a", "toy_sparse_a"])
def test_a_prepared_copy_is_decoded_anew(
    data: Path, registry: Registry, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    spec = registry.get(DomainSpec, name).spec
    made = prepare(spec)
    files = sorted([*made.folder.iterdir(), *labels_folder(made.folder).iterdir()])
    assert len(files) == (9 if name == "toy_sparse_a" else 5)
    for path in files:
        for _ in flips(path):
            caplog.clear()
            again = prepare(spec)
            assert f"{path} is damaged" in caplog.text
            assert content_sha256(again.open()) == made.sha256 == again.sha256


def test_a_training_state_is_not_read(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    (job,) = (with_limits(job, save_every_s=0.0) for job in make_jobs(plan, plan.runs, tmp_path, registry, CPU))
    whole = outcome_of(job)
    events = execute(job)
    for _ in range(12):
        next(events)
    events.close()
    kept = job.files.state.read_bytes()
    for _ in flips(job.files.state):
        again = outcome_of(job)
        assert (again.predictions_sha256, again.checkpoints) == (whole.predictions_sha256, whole.checkpoints)
        log = job.files.log.read_text()
        assert "so the run begins anew" in log
        assert "goes on from step" not in log
    job.files.state.write_bytes(kept)
    assert outcome_of(job).checkpoints == whole.checkpoints
    assert "goes on from step" in job.files.log.read_text()


def test_features_of_a_network_are_made_anew(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["coral"], seeds=[0], bounds=[])
    (job,) = make_jobs(plan, plan.runs, tmp_path, registry, CPU)
    whole = outcome_of(job)
    for _ in flips(job.files.features, (0.0, 0.5, 1.0)):
        again = outcome_of(job)
        assert (again.predictions_sha256, again.checkpoints) == (whole.predictions_sha256, whole.checkpoints)
        assert "its network is trained anew" in job.files.log.read_text()


def test_outputs_are_refused_and_kept_anew(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], bounds=[])
    (record,) = run(plan, tmp_path, registry, output_rows=50).values()
    path = min(outputs_folder(tmp_path, record.run_id).iterdir())
    whole = vars(read_outputs(path))
    places = tuple(np.linspace(0, 1, 60))
    refused = 0
    for _ in flips(path, places):
        try:
            again = vars(read_outputs(path))
        except ResultsError:
            refused += 1
            assert missing_outputs(record, tmp_path) == [path]
            continue
        assert all(np.array_equal(again[name], whole[name]) for name in whole)  # dates of the archive, say
    assert refused > 50
    path.write_bytes(path.read_bytes()[:-9])
    (again,) = run(plan, tmp_path, registry, output_rows=50).values()
    assert numbers(again) == numbers(record)
