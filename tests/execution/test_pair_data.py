"""Worker processes on one machine share the source: a run holds no copy of it."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dabench.data.prepared import PreparedExamples, prepare
from dabench.execution.execute import open_pair
from dabench.execution.pair_data import PairData
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from dabench.runs.job import Job, RunData
from dabench.specs.spec import DomainSpec
from tests.support.toy_runs import plan_of

LOADER = """
import numpy as np
from dabench import DomainArrays, Split

def load():
    generator = np.random.Generator(np.random.PCG64(0))
    splits = []
    for rows in (20_000, 300):
        x = generator.integers(256, size=(rows, 3, 32, 32), dtype=np.uint8)
        splits.append(Split(x, np.arange(rows) % 3))
    return DomainArrays(*splits, ("a", "b", "c"))
"""
BYTES = 20_000 * 3 * 32 * 32
# Batches come and go, and the allocator keeps what it likes; a copy of the split would be more than this.
MOST = 3 * BYTES // 4


@pytest.fixture
def job(registry: Registry, site, data: Path, tmp_path: Path) -> Job:
    """A run on a large domain."""
    (site.path / "large_loader.py").write_text(LOADER)
    large = prepare(DomainSpec(name="large", entry_point="large_loader:load", summary=""))
    plan = plan_of(registry, ["dann"], seeds=[0], input={"normalise": "standardise"})
    first = make_jobs(plan, plan.runs, tmp_path, registry, RunOptions(device="cpu"))[0]
    return replace(first, data=RunData(source=large, target=large.examples))


def _open_and_read(job: Job) -> PairData:
    data = open_pair(job, torch.device("cpu"))
    data.apply(lambda x: x[:, 0, 0], data.source)
    data.apply(lambda x: x[:, 0, 0], data.val_x)
    return data


@pytest.mark.slow
def test_the_problem_holds_the_mapped_array_itself(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    plain = PreparedExamples.open_examples
    monkeypatch.setattr(
        PreparedExamples, "open_examples", lambda prepared: opened.append(plain(prepared)) or opened[-1]
    )
    data = _open_and_read(job)
    source, target = opened
    for tensor, mapped in (
        (data.problem.source_x, source.train.x),
        (data.val_x.x, source.train.x),
        (data.problem.target_x, target.train.x),
        (data.test_x, target.test.x),
    ):
        assert isinstance(mapped, np.memmap)
        assert np.shares_memory(tensor.numpy(), mapped)
    assert len(data.problem.source_rows) + len(data.val_x) == 20_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's account of a process's own memory")
def test_opening_a_pair_takes_little_memory_of_ones_own(job: Job, tmp_path: Path) -> None:
    if _counts_mapped_files(tmp_path / "mapped"):
        pytest.skip("this kernel counts files mapped into memory as a process's own")
    grown = min(_growth(job) for _ in range(3))  # the first also pays for what is allocated once
    assert grown < MOST, f"{grown / 1e6:.1f} MB for a split of {BYTES / 1e6:.1f} MB"


def _growth(job: Job) -> int:
    gc.collect()
    before = _own_memory()
    data = _open_and_read(job)
    grown = _own_memory() - before
    del data
    return grown


def _counts_mapped_files(path: Path) -> bool:
    """Whether the account cannot tell them apart: some sandboxes have kernels of their own."""
    path.write_bytes(bytes(BYTES))
    before = _own_memory()
    mapped = np.memmap(path, np.uint8, "r")
    assert not mapped.any()  # reads every page
    return _own_memory() - before > BYTES / 2


def _own_memory() -> int:
    """Bytes that no other process can share: neither files mapped into memory nor program text."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))
