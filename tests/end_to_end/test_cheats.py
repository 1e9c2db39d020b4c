"""Methods that look for labels of target test find none, in a worker process and in this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of, run
from tests.support.toys.dabench_toys.hooks import CHEATS

PAIR = "toy_a:toy_shuffled"
MOST = 0.75  # one that finds labels has 1


@pytest.mark.parametrize("launcher", ["inline", "processes"])
def test_a_method_that_looks_for_labels_finds_none(registry: Registry, tmp_path: Path, launcher: str) -> None:
    plan = plan_of(registry, methods=list(CHEATS), pairs=[PAIR], seeds=[0], bounds=["source_only", "target_only"])
    records = run(plan, tmp_path, registry, launcher=launcher, workers=1)
    plain = records[PAIR, "source_only", 0]
    assert plain.accuracy.selected < MOST
    for name in CHEATS:
        record = records[PAIR, name, 0]
        if record.status == "failed":
            assert "labels are closed while a method runs" in str(record.error), record.error
        else:  # predictions of its own may be in memory, from an earlier checkpoint
            assert record.accuracy.selected < MOST, name
    assert records[PAIR, "toy_by_job", 0].status == "failed"
