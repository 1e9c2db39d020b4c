"""Reading, writing and publishing results."""

from __future__ import annotations

import json
import os
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dabench.errors import ResultsError
from dabench.results.csv_file import columns, csv_text
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.results.records import read_records
from dabench.runs.record import SCHEMA, Checkpoint, flatten
from tests.support.factories import digest, make_frame, make_record, make_records

NEWER = f"schema {SCHEMA + 1}, this dabench reads 1 to {SCHEMA}: update dabench"


def write_all(directory: Path, *records: Any) -> list[Path]:
    return [write_record(directory, record) for record in records]


@pytest.mark.parametrize("accuracy", [0.8, None])
def test_columns_are_those_of_flatten_also_without_a_row(accuracy: float | None) -> None:
    row = flatten(make_record(accuracy))
    assert list(columns()) == list(row)
    assert list(make_frame().columns) == list(row)
    assert make_frame().dtypes.to_dict() == make_frame(make_record(accuracy)).dtypes.to_dict()


def test_a_record_reads_back_as_written(tmp_path: Path) -> None:
    record = make_record(
        0.1 + 0.2, checkpoints=[Checkpoint(step=1, losses={"x": float("inf")}, scores={}, target_accuracy=0.5)]
    )
    path = write_record(tmp_path, record)
    assert path == tmp_path / f"runs/mini/digits--digits_m/dann/0-{record.run_id[:12]}.json"
    assert read_records(tmp_path, "mini") == ([record], [])
    pd.testing.assert_frame_equal(read_results(tmp_path).frame, make_frame(record))
    pd.testing.assert_frame_equal(read_results(path).frame, make_frame(record))


def test_a_loss_that_is_not_a_number_can_be_read_back(tmp_path: Path) -> None:
    nan = Checkpoint(step=1, losses={"x": float("nan")}, scores={}, target_accuracy=0.1)
    write_record(tmp_path, make_record(0.1, status="collapsed", checkpoints=[nan]))
    (record,), flaws = read_records(tmp_path, "mini")
    assert str(record.checkpoints[0].losses["x"]) == "nan"
    assert flaws == []


def test_no_folder_yet_means_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path / "results", "mini") == ([], [])


def test_a_slash_in_a_domain_name_makes_no_folder(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record(source="amazon/books", target="amazon/dvd"))
    assert path.parent.parent.name == "amazon.books--amazon.dvd"
    assert read_results(tmp_path).frame["source"].tolist() == ["amazon/books"]


@pytest.mark.slow
def test_published_numbers_read_back_bit_by_bit(tmp_path: Path) -> None:
    hard = [0.1 + 0.2, 1 / 3, 2 / 3, 0.9999999999999999, 5e-324]
    records = [make_record(value, seed=seed, error='a "quote", a comma\r') for seed, value in enumerate(hard)]
    records.append(make_record(None, seed=5, variant="NA", shots=3, predictions_sha256=None, metric="null"))
    write_all(tmp_path / "a", *records)
    out = publish(tmp_path / "a", "mini", tmp_path / "b" / "mini.csv")
    assert b"\r\n" not in out.read_bytes()
    back = read_results(tmp_path / "b")
    assert back.flaws == []
    local = read_results(tmp_path / "a").frame
    pd.testing.assert_frame_equal(
        back.frame.sort_values("seed", ignore_index=True),
        local.sort_values("seed", ignore_index=True),
        check_exact=True,
    )
    again = publish(tmp_path / "b", "mini", tmp_path / "again.csv")
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.slow
def test_published_rows_stand_in_a_fixed_order(tmp_path: Path) -> None:
    names = ["target_only", "dann", "source_only", "coral"]
    records = make_records({name: [0.5, 0.6] for name in names}, "glyphs:digits") + make_records({"dann": [0.5]})
    write_all(tmp_path, *records)
    frame = read_results(publish(tmp_path, "mini", tmp_path / "mini.csv")).frame
    assert (frame["source"] + " " + frame["method"]).tolist() == [
        "digits dann",
        *(f"glyphs {name}" for name in ("source_only", "coral", "dann", "target_only") for _ in range(2)),
    ]
    assert frame["seed"].tolist() == [0, 0, 1, 0, 1, 0, 1, 0, 1]


@pytest.mark.slow
def test_publish_keeps_failed_runs_and_leaves_older_code_out(tmp_path: Path) -> None:
    write_all(tmp_path, make_record(0.5, plugin="old", seed=0), make_record(0.5, plugin="old", seed=1))
    write_all(
        tmp_path, make_record(0.7, plugin="new", seed=0, minute=1), make_record(None, plugin="new", seed=1, minute=2)
    )
    frame = read_results(publish(tmp_path, "mini", tmp_path / "out.csv")).frame
    assert frame["plugin_source_sha256"].tolist() == [digest("new")] * 2
    assert frame["status"].tolist() == ["ok", "failed"]
    assert frame["error"].tolist()[1] == "ValueError: wrong"


def test_publishing_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="dabench run mini"):
        publish(tmp_path, "mini", tmp_path / "mini.csv")
    path = write_record(tmp_path, make_record())
    path.write_text("{")
    with pytest.raises(ResultsError, match="nothing to publish"):
        publish(tmp_path, "mini", tmp_path / "mini.csv")
    assert not (tmp_path / "mini.csv").exists()


@pytest.mark.slow
def test_publishing_overwrites_no_rows_that_it_cannot_read(tmp_path: Path) -> None:
    write_all(tmp_path, make_record())
    out = publish(tmp_path, "mini", tmp_path / "mini.csv")
    out.write_text(out.read_text() + "half a row")
    before = out.read_bytes()
    with pytest.raises(ResultsError, match="overwrite"):
        publish(tmp_path, "mini", out)
    assert out.read_bytes() == before


@pytest.mark.slow
def test_publishing_overwrites_no_other_suite(tmp_path: Path) -> None:
    write_all(tmp_path, make_record(), make_record(suite="digits"))
    out = publish(tmp_path, "mini", tmp_path / "all.csv")
    with pytest.raises(ResultsError, match="other suites"):
        publish(tmp_path, "digits", out)


@pytest.mark.slow
def test_a_run_that_is_record_and_row_counts_once_and_the_record_wins(tmp_path: Path) -> None:
    write_all(tmp_path, make_record(0.5), make_record(0.6, seed=1))
    publish(tmp_path, "mini", tmp_path / "mini.csv")
    write_all(tmp_path, make_record(0.7))
    frame = read_results(tmp_path).frame
    assert dict(zip(frame["seed"], frame["accuracy_selected"], strict=True)) == {0: 0.7, 1: 0.6}


@pytest.mark.slow
@pytest.mark.parametrize(("record_minute", "row_minute", "status"), [(0, 1, "ok"), (1, 0, "failed")])
def test_a_failed_record_loses_to_a_later_row(tmp_path: Path, record_minute: int, row_minute: int, status: str) -> None:
    write_all(tmp_path, make_record(None, minute=record_minute))
    (tmp_path / "mini.csv").write_text(csv_text(make_frame(make_record(0.7, minute=row_minute))))
    assert read_results(tmp_path).frame["status"].tolist() == [status]


@pytest.mark.slow
def test_of_the_same_row_in_two_files_the_newer_counts(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(csv_text(make_frame(make_record(0.7, minute=1), make_record(0.5, seed=1))))
    (tmp_path / "b.csv").write_text(csv_text(make_frame(make_record(0.6, minute=0))))
    assert read_results(tmp_path).frame["accuracy_selected"].tolist() == [0.7, 0.5]


@pytest.mark.slow
def test_only_the_suite_asked_for_is_read(tmp_path: Path) -> None:
    write_all(tmp_path, make_record(), make_record(suite="digits"))
    (tmp_path / "old.csv").write_text(csv_text(make_frame(make_record(suite="digits", seed=1))))
    assert read_results(tmp_path, "mini").frame["suite"].tolist() == ["mini"]
    assert len(read_results(tmp_path, "digits").frame) == 2
    with pytest.raises(ResultsError, match=r"'office'.*there are some of digits.*dabench run office"):
        read_results(tmp_path, "office")


def damaged(text: str) -> dict[str, tuple[str, str]]:
    """Name -> contents of a file that is no usable record, and what is said about it."""
    data = json.loads(text)
    return {
        "empty": ("", "not valid JSON"),
        "truncated": (text[: len(text) // 2], "not valid JSON, perhaps cut off"),
        "list": ("[]", "not a record of dabench"),
        "foreign": ('{"name": "x"}', "not a record of dabench"),
        "older": (json.dumps(data | {"schema": 0}), f"schema 0, this dabench reads 1 to {SCHEMA}: run it again"),
        "newer": (json.dumps(data | {"schema": SCHEMA + 1, "new": 1}), NEWER),
        "newer with the same fields": (
            json.dumps(data | {"schema": SCHEMA + 1}),
            NEWER,
        ),
        "unknown status": (json.dumps(data | {"status": "fine"}), "status: Input should be"),
        "no accuracy": (json.dumps(data | {"accuracy": None}), "without an accuracy"),
        "no time": (json.dumps(data | {"finished": "yesterday"}), "not a time"),
    }


@pytest.mark.parametrize("name", list(damaged(make_record().to_json())))
def test_a_damaged_record_is_reported_not_counted_and_stays(tmp_path: Path, name: str) -> None:
    good = make_record(seed=1)
    write_record(tmp_path, good)
    path = write_record(tmp_path, make_record(seed=2))
    contents, reason = damaged(path.read_text())[name]
    path.write_text(contents)
    results = read_results(tmp_path)
    assert results.frame["run_id"].tolist() == [good.run_id]
    assert [flaw.path for flaw in results.flaws] == [path]
    assert reason in results.flaws[0].reason
    assert read_records(tmp_path, "mini") == ([good], results.flaws)
    assert path.read_text() == contents


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record())
    path.write_bytes(b"\xff\xfe\x00")
    (tmp_path / "mini.csv").write_bytes(b"\xff\xfe\x00")
    results = read_results(tmp_path)
    assert results.frame.empty
    assert {flaw.path.name for flaw in results.flaws} == {path.name, "mini.csv"}


def test_a_folder_named_like_a_record_is_reported(tmp_path: Path) -> None:
    write_record(tmp_path, make_record())
    (tmp_path / "x.csv").mkdir()
    (flaw,) = read_results(tmp_path).flaws
    assert "cannot be read" in flaw.reason


def test_a_copied_record_is_reported_and_counts_once(tmp_path: Path) -> None:
    path = write_record(tmp_path, make_record())
    copy = path.with_name("copy.json")
    copy.write_text(path.read_text())
    results = read_results(tmp_path)
    assert len(results.frame) == 1
    assert "the same run as" in results.flaws[0].reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "reason", "left"),
    [
        (lambda text: text.replace("plugin_version", "version"), "no column plugin_version", 0),
        (lambda text: "a,b\n1,2\n", "no column schema, run_id, suite, suite_version, track and", 0),
        (lambda text: "", "no column schema", 0),
        (lambda text: text[:-20], "row 3 is not counted: cut off", 1),
        (lambda text: text[:-200] + "\n", "row 3 is not counted:", 1),
        (lambda text: text + "<<<<<<< HEAD\n", "row 4 is not counted: 1 fields where the header has", 2),
        (
            lambda text: text.replace("0.8,0.8,", "0.8,high,", 1),
            "row 2 is not counted: accuracy_last cannot be 'high'",
            1,
        ),
        (lambda text: text.replace(",ok,", ",fine,", 1), "row 2 is not counted: unknown status 'fine'", 1),
        (lambda text: text.replace(f"\n{SCHEMA},", f"\n{SCHEMA + 1},", 1), NEWER, 1),
    ],
)
def test_a_damaged_csv_is_reported_row_by_row(tmp_path: Path, spoil: Any, reason: str, left: int) -> None:
    path = tmp_path / "mini.csv"
    path.write_text(spoil(csv_text(make_frame(make_record(), make_record(seed=1)))))
    results = read_results(tmp_path)
    assert len(results.frame) == left
    assert len(results.flaws) == 1
    assert results.flaws[0].path == path
    assert reason in results.flaws[0].reason


@pytest.mark.slow
def test_further_columns_of_a_csv_do_no_harm(tmp_path: Path) -> None:
    frame = make_frame(make_record())
    frame.insert(0, "comment", "mine")
    (tmp_path / "mini.csv").write_text(csv_text(frame))
    pd.testing.assert_frame_equal(read_results(tmp_path).frame, make_frame(make_record()))


@pytest.mark.slow
def test_a_file_from_before_a_column_is_read_as_if_it_were_empty(tmp_path: Path) -> None:
    text = csv_text(make_frame(*make_records({"dann": [0.8, 0.7]})).drop(columns="data_notes"))
    (tmp_path / "mini.csv").write_text(text)
    results = read_results(tmp_path)
    assert (results.flaws, len(results.frame)) == ([], 2)
    assert results.frame["data_notes"].isna().all()
    (tmp_path / "mini.csv").write_text(text.rstrip("\n"))  # the last row is cut off: each is looked at by itself
    results = read_results(tmp_path)
    assert (len(results.flaws), len(results.frame)) == (1, 1)


@pytest.mark.parametrize("name", ["nowhere", "empty", "file.txt"])
def test_no_results_is_an_error_that_names_the_next_command(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(ResultsError, match=r"dabench run mini|neither a results folder"):
        read_results(tmp_path / name, "mini")


def test_an_unreadable_folder_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)  # the tests may run as root, who may read everything
    with pytest.raises(ResultsError, match="Permission denied"):
        read_results(tmp_path)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match=r"dann.*No space left.*Free some space"):
        write_record(tmp_path, make_record())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_full_disk_keeps_the_file_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_record(tmp_path, make_record(0.5))
    before = path.read_bytes()

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_record(tmp_path, make_record(0.6))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where the folder should be")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_record(tmp_path, make_record())


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_published_file_that_an_editor_saved_reads_the_same(tmp_path: Path, encoding: str, line_end: str) -> None:
    frame = make_frame(*make_records({"dann": [0.5, 0.75]}))
    file = tmp_path / "mini.csv"
    file.write_bytes(csv_text(frame).replace("\n", line_end).encode(encoding))
    read = read_results(file)
    assert read.flaws == []
    pd.testing.assert_frame_equal(read.frame, frame)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_record_that_an_editor_saved_reads_the_same(tmp_path: Path, encoding: str) -> None:
    record = make_record(0.5)
    path = write_record(tmp_path, record)
    path.write_text(record.to_json(), encoding=encoding)
    assert read_records(tmp_path, "mini") == ([record], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(",", ";").encode(), "its columns are separated by ';', as a spreadsheet writes"),
        (lambda text: text.replace(",", "\t").encode(), "its columns are separated by '\\t', as a spreadsheet writes"),
        (lambda text: text.replace("mini", "miní", 1).encode("latin-1"), "line 2 is no UTF-8 text: save the file as"),
    ],
)
def test_a_published_file_that_was_saved_otherwise_says_how(tmp_path: Path, change: Any, words: str) -> None:
    file = tmp_path / "mini.csv"
    file.write_bytes(change(csv_text(make_frame(make_record(0.5)))))
    (flaw,) = read_results(file).flaws
    assert words in str(flaw)
