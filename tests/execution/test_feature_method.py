"""What a FeatureMethod is given: rows, a seed, a generator, a folder, and no more memory than it may have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dabench
from dabench.execution.feature_method import fewer_rows
from dabench.methods.problem import Labelled, Problem
from dabench.parallel.memory import can_limit, memory_limited
from dabench.plugin.registry import Registry


def problem(rows: int = 100, labelled: tuple[int, ...] = ()) -> Any:
    x = np.arange(rows, dtype=np.float32)[:, None]
    y = (np.arange(rows) % 10 == 0).astype(np.int64)
    few = Labelled(np.array(labelled), np.zeros(len(labelled), np.int64)) if labelled else None
    return Problem("unsupervised", 2, x, y, x, None, prepare=lambda x: x, few_shot=few)


def test_every_class_keeps_its_share() -> None:
    found = fewer_rows(problem(), 50, 0)
    assert np.bincount(found.source_y).tolist() == [45, 5]
    assert len(found.target_x) == 50
    assert np.array_equal(found.source_y, found.source_x[:, 0] % 10 == 0)
    again, other = fewer_rows(problem(), 50, 0), fewer_rows(problem(), 50, 1)
    assert np.array_equal(found.target_x, again.target_x)
    assert not np.array_equal(found.target_x, other.target_x)
    assert fewer_rows(problem(), None, 0).source_x is not None
    assert len(fewer_rows(problem(), 5, 0).source_x) == 5  # the rare class has one of them


def test_labelled_rows_are_always_there() -> None:
    found = fewer_rows(problem(labelled=(3, 50, 97)), 20, 0)
    assert found.target_x[found.few_shot.rows, 0].tolist() == [3, 50, 97]
    assert len(found.target_x) == 20


class Curious(dabench.FeatureMethod):
    """Writes down what it gets."""

    max_rows = 12

    def fit(self, problem: Any) -> None:
        self.columns = problem.classes
        drawn = self.generator.integers(0, 1000, 3).tolist()
        content = {"seed": self.seed, "drawn": drawn, "rows": [len(problem.source_x), len(problem.target_x)]}
        self.artifact("seen.json").write_text(json.dumps(content))

    def predict(self, x: Any) -> Any:
        return np.eye(self.columns, dtype=np.float32)[np.zeros(len(x), int)]


class Greedy(Curious):
    """Wants a gigabyte."""

    def fit(self, problem: Any) -> None:
        super().fit(problem)
        self.memory = np.ones(2**27)


def vectors() -> dabench.Pair:
    y = np.arange(60) % 2
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    return dabench.pair(source=(x, y), target=(x, y))


QUICK: dict[str, Any] = {"backbone": "identity", "launcher": "inline", "seeds": [0, 1]}


@pytest.mark.slow
def test_a_method_has_the_runs_seed_a_stream_of_it_and_a_folder(registry: Registry, tmp_path: Path) -> None:
    dabench.run(vectors(), methods=[Curious], results=tmp_path, **QUICK)
    seen = [json.loads(path.read_text()) for path in sorted(tmp_path.rglob("own/seen.json"))]
    assert [item["seed"] for item in seen] == [0, 1]
    assert [item["rows"] for item in seen] == [[12, 12], [12, 12]]
    assert seen[0]["drawn"] != seen[1]["drawn"]
    listed = [json.loads(path.read_text())["files"] for path in tmp_path.rglob("artifacts.json")]
    assert [list(files) for files in listed] == [["own/seen.json"]] * 2
    before = {path: path.read_text() for path in tmp_path.rglob("own/seen.json")}
    dabench.run(vectors(), methods=[Curious], results=tmp_path, fresh=True, **QUICK)
    assert {path: path.read_text() for path in tmp_path.rglob("own/seen.json")} == before


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden"])
def test_an_artifact_has_a_plain_name(name: str, tmp_path: Path) -> None:
    method = Curious(Curious.Options(), lambda: None)
    with pytest.raises(ValueError, match="there is no folder"):
        method.artifact("x")
    method.artifacts = tmp_path
    with pytest.raises(ValueError, match="plain name"):
        method.artifact(name)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not can_limit(), reason="this system limits no memory")
def test_a_run_that_wants_too_much_memory_fails_and_the_others_go_on(registry: Registry, tmp_path: Path) -> None:
    found = dabench.run(vectors(), methods=[Greedy, Curious], results=tmp_path, memory=0.5, **QUICK).frame()
    by_method = found.groupby("method")["status"].unique().map(set)
    assert by_method["greedy"] == {"failed"}
    assert "failed" not in by_method["curious"]
    reasons = found.loc[found["method"] == "greedy", "error"]
    assert reasons.str.contains(
        "needs more than the 0.5 GiB of memory that it may have: allow more with --memory"
    ).all()


@pytest.mark.slow
@pytest.mark.skipif(not can_limit(), reason="this system limits no memory")
def test_the_limit_ends_with_the_block() -> None:
    with memory_limited(2**26), pytest.raises(MemoryError):
        np.ones(2**25)
    assert np.ones(2**25).sum() == 2**25
