"""The rule which runs wait for which."""

from __future__ import annotations

from pathlib import Path

from dabench import WaitingJobs
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of


def test_a_reader_waits_for_the_network_that_is_being_trained(registry: Registry, tmp_path: Path) -> None:
    plan = plan_of(registry, ["coral"], seeds=[0, 1], bounds=["source_only"])
    waiting = WaitingJobs(make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu")))
    first, second = waiting.take([]), waiting.take([])
    assert first is not None
    assert second is not None
    assert {(job.method.name, job.seed) for job in (first, second)} == {("source_only", 0), ("source_only", 1)}
    assert waiting.take([first, second]) is None
    reader = waiting.take([second])
    assert reader is not None
    assert (reader.method.name, reader.seed) == ("coral", first.seed)
    waiting.put_back(reader)
    assert waiting.take([]) is reader, "a run whose worker died comes first"
