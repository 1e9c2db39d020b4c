"""Records over time: old ones stay readable, and an edit does not go unnoticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dabench.results.csv_file import csv_text, read_csv
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.runs.record import HASH, READABLE, SCHEMA, RunRecord
from tests.support.factories import make_frame, make_record

HISTORIC = Path(__file__).parents[1] / "support" / "records"


def test_there_are_historic_records_of_every_schema_but_the_present_one() -> None:
    assert sorted(folder.name for folder in HISTORIC.iterdir() if folder.is_dir()) == [
        f"schema{number}" for number in READABLE if number != SCHEMA
    ]


@pytest.mark.parametrize("path", sorted(HISTORIC.rglob("*.*sv")) + sorted(HISTORIC.rglob("*.json")), ids=str)
def test_historic_results_are_readable(path: Path) -> None:
    results = read_results(path)
    assert results.flaws == []
    assert set(results.frame["schema"]) == {int(path.parent.name.removeprefix("schema"))}
    assert len(results.frame) == (1 if path.suffix == ".json" else 5)
    if path.stem in ("ok", "collapsed", "failed"):
        assert results.frame["status"].tolist() == [path.stem]


@pytest.mark.slow
def test_old_rows_published_again_are_readable_beside_new_ones(tmp_path: Path) -> None:
    old = read_csv(HISTORIC / "schema1" / "published.csv")[0]
    (tmp_path / "mini.csv").write_text(csv_text(old))
    write_record(tmp_path, make_record(seed=77))
    out = publish(tmp_path, "mini", tmp_path / "all.csv")
    frame, problems = read_csv(out)
    assert problems == []
    assert frame["schema"].value_counts().to_dict() == {1: 5, SCHEMA: 1}


def edits() -> dict[str, Any]:
    return {
        "a number": lambda data: data["accuracy"].update(selected=0.99),
        "deep inside": lambda data: data["checkpoints"][0]["losses"].update({"class": 0.123}),
        "another hash": lambda data: data.update({HASH: "0" * 64}),
        "no hash": lambda data: data.pop(HASH),
        "a field less": lambda data: data["per_class"].pop("0"),
    }


@pytest.mark.parametrize("name", list(edits()))
def test_an_edited_record_is_not_counted(tmp_path: Path, name: str) -> None:
    path = write_record(tmp_path, make_record())
    data = json.loads(path.read_text())
    edits()[name](data)
    path.write_text(json.dumps(data))
    results = read_results(tmp_path)
    assert results.frame.empty
    assert "edited since it was written" in results.flaws[0].reason


def test_another_layout_of_the_same_record_is_no_edit(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record())
    data = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(data.items()))))
    assert read_results(tmp_path).flaws == []


def test_a_hash_does_not_depend_on_fields_that_a_later_version_adds() -> None:
    """It is of what stands in the file, not of the model that the file is read into."""
    data = json.loads(make_record().to_json())
    del data["per_class"], data[HASH]  # as if written before that field was invented
    from dabench.hashing.canonical import sha256
    from dabench.results.record_file import _parse

    text = json.dumps(data | {HASH: sha256(data)}).encode()
    assert _parse(text) == make_record(per_class={})


def test_a_record_with_infinite_losses_has_a_valid_hash(tmp_path: Path) -> None:
    record = make_record()
    point = record.checkpoints[0].model_copy(update={"losses": {"a": float("nan"), "b": float("-inf")}})
    write_record(tmp_path, record.model_copy(update={"checkpoints": [point]}))
    assert read_results(tmp_path).flaws == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"), [("0.8,0.8,0.81", "0.9,0.8,0.81"), (",dann,,", ",coral,,"), (",200,", ",201,")]
)
def test_an_edited_row_is_named_and_not_counted(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "mini.csv"
    text = csv_text(make_frame(make_record(), make_record(seed=1)))
    assert old in text
    path.write_text(text.replace(old, new, 1))
    frame, problems = read_csv(path)
    assert frame["seed"].tolist() == [1]
    assert [problem.reason for problem in problems] == [
        f"row 2 is not counted: edited since it was published, as its {HASH} shows; publish the file again"
    ]


@pytest.mark.slow
def test_a_row_that_is_there_twice_counts_once_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mini.csv"
    text = csv_text(make_frame(make_record(), make_record(seed=1)))
    path.write_text(text + text.splitlines()[1] + "\n")
    frame, problems = read_csv(path)
    assert len(frame) == 2
    assert "row 4 is not counted: the same run as row 2" in problems[0].reason


def test_the_text_of_a_record_reads_back() -> None:
    record = make_record(0.1 + 0.2)
    data = json.loads(record.to_json())
    assert data.pop(HASH)
    assert RunRecord.model_validate(data) == record
