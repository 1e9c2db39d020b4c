"""Pruning changes no table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dabench.errors import ResultsError
from dabench.results.comparable import comparable_runs
from dabench.results.folder import read_results
from dabench.results.prune import cached, delete, superseded
from dabench.results.record_file import write_record
from tests.support.factories import digest, make_record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed in range(2):
        write_record(tmp_path, make_record(0.5, seed=seed, plugin="old")).with_suffix(".log").write_text("x")
        write_record(tmp_path, make_record(0.7, seed=seed, plugin="new", minute=1)).with_suffix(".log").write_text("x")
    write_record(tmp_path, make_record(0.6, variant="weight=2", plugin="old"))
    write_record(tmp_path, make_record(0.6, suite="digits", plugin="old"))
    write_record(tmp_path, make_record(0.9, suite="digits", plugin="new", minute=1))
    return tmp_path


@pytest.mark.slow
def test_superseded_runs_go_and_the_table_stays(folder: Path) -> None:
    damaged = folder / "runs" / "mini" / "damaged.json"
    damaged.write_text("{")
    before = comparable_runs(read_results(folder).frame)[0]
    files = superseded(folder, "mini")
    assert sorted(path.suffix for path in files) == [".json", ".json", ".log", ".log"]
    delete(files)
    frame = read_results(folder).frame
    assert digest("old") in set(frame.loc[frame["suite"] == "digits", "plugin_source_sha256"])
    delete(superseded(folder))
    after = read_results(folder).frame
    assert len(after) == 4
    pd.testing.assert_frame_equal(
        after.sort_values("run_id", ignore_index=True), before.sort_values("run_id", ignore_index=True)
    )
    assert damaged.exists()
    assert superseded(folder) == []


def test_folders_that_are_empty_then_go_too(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record())
    delete([path])
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_cache_is_listed_apart(folder: Path) -> None:
    for name in ("features/a.npz", "state/b.pt"):
        (folder / "cache" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "cache" / name).write_bytes(b"x")
    assert [path.name for path in cached(folder)] == ["a.npz", "b.pt"]
    assert not set(superseded(folder)) & set(cached(folder))
    delete(cached(folder))
    assert cached(folder) == []


def test_what_cannot_be_deleted_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ResultsError, match=r"folder\.json cannot be deleted"):
        delete([tmp_path / "folder.json"])
