"""The track paired: what suites and pairs it takes, and what its methods get to see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from dabench.errors import UsageError
from dabench.execution.batches import BatchSampler
from dabench.execution.execute import execute, open_pair
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.job import Finished, Job
from dabench.runs.plan import Plan
from tests.support.toy_runs import numbers, outcome_of, plan_of, run, with_limits

PAIR = "toy_view_a:toy_view_b"
NARROW = "toy_view_a:toy_view_narrow"
METHODS = ["target_k", "fine_tune", "feature_matching"]
ENTRIES = ["target_k", {"method": "fine_tune", "options": {"rate": 1}}, "feature_matching"]


def _plan(registry: Registry, only: list[str] | None = None, **changes: Any) -> Plan:
    suite = {"track": "paired", "shots": 2, "methods": ENTRIES, "pairs": [PAIR], "seeds": [0], **changes}
    return plan_of(registry, only, **suite)


def _jobs(registry: Registry, folder: Path, **changes: Any) -> Iterator[Job]:
    plan = _plan(registry, **changes)
    yield from make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sample": {"source_per_class": 3}}, "is of the track paired: sample.source_per_class"),
        ({"readout": "linear_svm"}, "is of the track paired: readout 'linear_svm'"),
        ({"backbone": "identity", "budget": None, "methods": []}, "the backbone identity has none"),
        ({"methods": ["toy_paired_mean"]}, "toy_paired_mean works on features"),
        ({"methods": ["coral"]}, "coral runs in unsupervised, the suite toy is paired"),
        (
            {"pairs": ["toy_a:toy_view_a"]},
            r"toy_a:toy_view_a cannot be .*\(toy_a is of none and toy_view_a is a view of",
        ),
        ({"pairs": ["mnist:hapt_gyroscope"]}, r"mnist is a view of mnist and hapt_gyroscope is a view of hapt"),
        (
            {"pairs": ["toy_a:toy_b"]},
            "Pairs that have: digits_m_paired:digits_paired, digits_paired:digits_m_paired, hapt",
        ),
    ],
)
def test_what_is_refused(registry: Registry, changes: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        _plan(registry, **changes)


def test_methods_of_the_track_run_in_no_other(registry: Registry) -> None:
    with pytest.raises(UsageError, match="feature_matching runs in paired, the suite toy is unsupervised"):
        plan_of(registry, ["feature_matching"])


def test_reverse_validation_is_refused(registry: Registry, tmp_path: Path) -> None:
    plan = _plan(registry)
    with pytest.raises(UsageError, match="reverse validation"):
        make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu", reverse_validation=True))


def test_other_shots_are_other_settings_and_in_the_record(registry: Registry, tmp_path: Path) -> None:
    plans = [_plan(registry, ["target_k"], bounds=[], shots=shots) for shots in (2, 3)]
    records = [run(plan, tmp_path, registry)[PAIR, "target_k", 0] for plan in plans]
    assert [record.shots for record in records] == [2, 3]
    assert records[0].settings_sha256 != records[1].settings_sha256
    assert records[0].comparison_sha256 != records[1].comparison_sha256
    assert [record.track for record in records] == ["paired", "paired"]


def test_a_batch_holds_simultaneous_samples_normalised_apart(registry: Registry, tmp_path: Path) -> None:
    (job,) = (job for job in _jobs(registry, tmp_path, input={"normalise": "standardise"}) if "matching" in str(job))
    data = open_pair(job, torch.device("cpu"))
    problem = data.problem
    assert problem.paired_source_x is not None
    assert problem.paired_target_x is not None
    assert problem.paired_y is not None
    assert len(problem.paired_y) == 20
    # Row by row the two views show the same thing, but for the noise of each camera.
    apart = (problem.paired_source_x.float() - problem.paired_target_x.float()).abs().mean()
    assert apart < 40 < (problem.paired_source_x.float() - problem.paired_target_x.float().flip(0)).abs().mean()
    target = problem.prepared_target(problem.target_x)
    assert torch.allclose(target.mean((0, 2, 3)), torch.zeros(3), atol=1e-4)
    assert not torch.allclose(problem.prepare(problem.target_x).mean((0, 2, 3)), torch.zeros(3), atol=1e-4)


def test_other_tracks_have_no_simultaneous_samples(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0])
    job = make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu"))[0]
    problem = open_pair(job, torch.device("cpu")).problem
    assert problem.paired_y is None
    assert problem.prepare_target is None


def test_two_shapes(registry: Registry, tmp_path: Path) -> None:
    """The target has two channels, the source three: one network cannot take both."""
    jobs = list(_jobs(registry, tmp_path, pairs=[NARROW]))
    outcomes = {job.method.name: outcome_of(job) for job in jobs}
    refused = outcomes.pop("source_only")
    assert refused.status == "failed"
    assert str(refused.error).startswith(
        "source_only has one network for both domains, and examples of toy_view_a have the shape (3, 4, 4), "
        "those of toy_view_narrow (2, 4, 4)."
    )
    assert {name: outcome.status for name, outcome in outcomes.items()} == dict.fromkeys(
        ["target_only", *METHODS], "ok"
    ), [outcome.error for outcome in outcomes.values()]
    scored = {name for name, outcome in outcomes.items() if outcome.checkpoints[-1].scores}
    assert scored == {"fine_tune", "feature_matching"}  # the others have no network that takes source_val


def test_outputs_are_kept_where_the_shapes_differ(registry: Registry, tmp_path: Path) -> None:
    plan = _plan(registry, pairs=[NARROW], bounds=["target_only"])
    records = run(plan, tmp_path, registry, output_rows=30)
    assert [record.status for record in records.values()] == ["ok"] * 4, [record.error for record in records.values()]


def test_domains_that_lie_fail_in_their_run(registry: Registry, tmp_path: Path) -> None:
    (job, *_) = _jobs(registry, tmp_path, pairs=["toy_view_a:toy_view_liar"])
    assert "row 0 has the label" in str(outcome_of(job).error)


def test_an_interrupted_run_goes_on_to_the_same_bits(registry: Registry, tmp_path: Path) -> None:
    plan = _plan(registry, ["feature_matching"], bounds=[])
    whole = run(plan, tmp_path / "whole", registry)
    (job,) = make_jobs(plan, plan.runs, tmp_path / "parts", registry, RunOptions(device="cpu"))
    for stop in (5, 17):  # in either stage
        steps = execute(with_limits(job, save_every_s=0.0))
        assert any(event.step >= stop for event in steps if not isinstance(event, Finished))
        steps.close()
    resumed = run(plan, tmp_path / "parts", registry)
    assert [numbers(record) for record in resumed.values()] == [numbers(record) for record in whole.values()]


def test_a_batch_and_a_problem_of_the_track_can_be_read_piece_by_piece(registry: Registry, tmp_path: Path) -> None:
    (job,) = (job for job in _jobs(registry, tmp_path) if "matching" in str(job))
    problem = open_pair(job, torch.device("cpu")).problem
    batch = BatchSampler(problem, 0, 4, {}).at(0, 0, 0.0)
    assert problem.paired is not None
    for whole, pieces in ((problem, problem.paired), (batch, batch.simultaneous)):
        assert whole.paired_source_x is pieces.source_x
        assert whole.paired_target_x is pieces.target_x
        assert whole.paired_y is pieces.y
        assert whole.few_shot is whole.labelled_y is None
    source_x, target_x, y = batch.paired
    assert source_x is batch.paired_source_x
    assert target_x is batch.paired_target_x
    assert y is batch.paired_y
    assert [len(part) for part in (source_x, target_x, y)] == [4, 4, 4]
