"""Verification of whole folders. What makes a single file unusable is in test_results.py and test_records.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.results.csv_file import csv_text, read_csv
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.results.verify import verify
from tests.support.factories import make_record, make_records


@pytest.mark.slow
def test_a_published_folder_is_fine(tmp_path: Path) -> None:
    for record in make_records({"dann": [0.7, None, 0.8], "coral": [0.5, 0.5, 0.5]}):
        write_record(tmp_path, record)
    publish(tmp_path, "mini", tmp_path / "mini.csv")
    assert verify(tmp_path) == (6, [])
    assert verify(tmp_path / "mini.csv") == (6, [])


@pytest.mark.slow
def test_a_row_that_contradicts_its_record_is_named(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record(0.7))
    write_record(tmp_path, make_record(0.8, seed=1))
    out = publish(tmp_path, "mini", tmp_path / "mini.csv")
    frame, _ = read_csv(out)
    frame.loc[0, "accuracy_selected"] = 0.9  # hashed anew: only the record can tell
    out.write_text(csv_text(frame))
    runs, (flaw,) = verify(tmp_path)
    assert (runs, flaw.path) == (2, out)
    assert f"differs from its record {path} in accuracy_selected" in flaw.reason


@pytest.mark.slow
def test_a_repeated_run_does_not_contradict_the_row_of_the_first(tmp_path: Path) -> None:
    write_record(tmp_path, make_record(0.7))
    publish(tmp_path, "mini", tmp_path / "mini.csv")
    write_record(tmp_path, make_record(0.8, minute=3))
    assert verify(tmp_path)[1] == []


def test_everything_wrong_is_named_and_nothing_is_changed(tmp_path: Path) -> None:
    paths = [write_record(tmp_path, make_record(seed=seed)) for seed in range(4)]
    paths[0].write_text(paths[0].read_text().replace("0.8", "0.9"))
    paths[1].write_text(paths[1].read_text()[:-100])
    copy = paths[2].with_name("copy.json")
    copy.write_text(paths[2].read_text())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    runs, flaws = verify(tmp_path)
    assert runs == 2
    reasons = {flaw.path: flaw.reason for flaw in flaws}
    assert "edited" in reasons[paths[0]]
    assert "cut off" in reasons[paths[1]]
    assert len(reasons) == 3
    assert any("the same run as" in reason for reason in reasons.values())
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
