"""Records from elsewhere: an odd one is named and left out, writes nothing where it should not, and stops nothing."""

from __future__ import annotations

import csv
import json
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.errors import ResultsError
from dabench.hashing.canonical import sha256
from dabench.results.csv_file import csv_text, read_csv
from dabench.results.folder import read_results
from dabench.results.merge import merge
from dabench.results.prune import ahead, superseded
from dabench.results.record_file import write_record
from dabench.results.verify import verify
from dabench.runs.record import HASH
from tests.support.factories import make_frame, make_record

HUGE = 2**70


def odd_file(folder: Path, name: str = "odd.json", **changes: Any) -> Path:
    """A record with fields changed and a right hash, in its place below a results folder."""
    data = json.loads(make_record(seed=99).to_json()) | changes
    del data[HASH]
    path = folder / "runs" / "mini" / "digits--digits_m" / "dann" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data | {HASH: sha256(data)}))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A results folder with one good record."""
    write_record(tmp_path / "results", make_record())
    return tmp_path / "results"


def reasons(folder: Path) -> dict[str, str]:
    """The reason of each odd record, by the name of its file; the good one counts."""
    results = read_results(folder)
    assert results.frame["run_id"].tolist() == [make_record().run_id]
    assert verify(folder)[1] == results.flaws
    said = {flaw.path.name: flaw.reason for flaw in results.flaws}
    assert len(said) == len(results.flaws), "one reason each"
    return said


def only_problem(folder: Path) -> str:
    """The reason of the only odd record; the good one counts."""
    (reason,) = reasons(folder).values()
    return reason


PATHS = ["/tmp/elsewhere", "../../elsewhere", "..", ".", "a/../../b", "a\\b", "A", "", "a" * 101, "a\x00b", "é", "a\n"]


@pytest.mark.parametrize("field", ["suite", "method", "source", "target", "backbone", "selector"])
def test_a_name_that_is_none_is_refused_wherever_records_are_read(folder: Path, field: str) -> None:
    for number, name in enumerate(PATHS):
        odd_file(folder, f"{number}.json", **{field: name})
    said = reasons(folder)
    assert set(said) == {f"{number}.json" for number in range(len(PATHS))}
    assert [reason for reason in said.values() if f"({field}: " not in reason] == []


HASHES = ["run_id", "settings_sha256", "comparison_sha256", "data_sha256", "predictions_sha256"]


@pytest.mark.parametrize("field", HASHES)
def test_a_hash_that_is_none_is_refused(folder: Path, field: str) -> None:
    texts = ["../../../../elsewhere", "A" * 64, "a" * 63, "a" * 65, "", "a" * 63 + "\n"]
    for number, text in enumerate(texts):
        odd_file(folder, f"{number}.json", **{field: text})
    said = reasons(folder)
    assert set(said) == {f"{number}.json" for number in range(len(texts))}
    assert [reason for reason in said.values() if f"({field}: " not in reason] == []


ODD_VALUES: dict[str, dict[str, Any]] = {
    "a number of more than 64 bits": {"steps": HUGE},
    "a seed of more than 64 bits": {"seed": HUGE},
    "a negative seed": {"seed": -1},
    "a time that is too long to be a float": {"wall_s": 10**400},
    "an infinite time": {"wall_s": "Infinity"},
    "an accuracy above 1": {"accuracy": {"selected": 1.5, "last": 0.5, "oracle": 0.5}},
    "an accuracy below 0": {"accuracy": {"selected": 0.5, "last": -0.1, "oracle": 0.5}},
    "an accuracy that is no number": {"accuracy": {"selected": "NaN", "last": 0.5, "oracle": 0.5}},
    "a metric above 1": {"metrics": {"balanced_accuracy": 2, "macro_f1": 0.5, "ece": None}},
    "a recall above 1": {"per_class": {"0": 7.0}},
    "a setting of more than 64 bits": {"settings": {"options": {"weight": HUGE}}},
    "a time without a zone": {"finished": "2026-11-22T12:00:00"},
    "a time before all times": {"finished": "0001-01-01T00:00:00+00:00"},
    "a time in another form": {"finished": "2026-W47-7T12:00:00+00:00"},
    "a lone surrogate": {"error": "\ud800"},
    "a lone surrogate in a name": {"per_class": {"\udcff": 0.5}},
    "a lone surrogate in the settings": {"settings": {"options": {"x": "\ud800"}}},
    "a lone surrogate in a key": {"settings": {"\ud800": 1}},
    "a text that does not end": {"error": "x" * 200_000},
    "notes on data that do not end": {"data_notes": "x" * 200_000},
    "a variant of many pages": {"variant": "x" * 20_000},
    "a precision of many pages": {"precision": "x" * 20_000},
    "a plugin that is a list": {"plugin": ["x"] * 3},
    "a schema that is text": {"schema": "two"},
}


def test_an_odd_value_leaves_out_that_record_alone(folder: Path) -> None:
    for name, changes in ODD_VALUES.items():
        odd_file(folder, f"{name}.json", **changes)
    said = reasons(folder)
    assert set(said) == {f"{name}.json" for name in ODD_VALUES}
    assert all(said.values()), "a reason is said"


def test_the_table_shows_the_rest(folder: Path) -> None:
    path = odd_file(folder, error="\ud800", steps=HUGE)
    done = CliRunner().invoke(cli, ["table", "mini", "--results", str(folder)], obj=Context())
    assert done.exit_code == 0, done.output
    assert done.stderr.count(str(path)) == 1
    done.output.encode()


def deep(levels: int) -> dict[str, Any]:
    content: Any = 1
    for _ in range(levels):
        content = {"a": content}
    return {"options": content}


@pytest.mark.parametrize("levels", [30, 300, 900])
def test_settings_that_are_nested_too_deep_are_refused(folder: Path, levels: int) -> None:
    odd_file(folder, settings=deep(levels))
    assert "deep" in only_problem(folder)


def test_json_that_is_nested_too_deep_is_refused(folder: Path) -> None:
    odd_file(folder).write_text("[" * 200_000 + "]" * 200_000)
    assert "deep" in only_problem(folder)


def test_a_number_of_many_digits_is_refused(folder: Path) -> None:
    path = odd_file(folder)
    path.write_text(path.read_text().replace('"steps": 200', f'"steps": {"9" * 10_000}'))
    assert only_problem(folder), "a reason is said"


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path may have some hundred characters only
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a socket": _socket,
    "a folder": Path.mkdir,
    "a link": lambda path: path.symlink_to(path.with_name("elsewhere")),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_what_is_no_plain_file_is_named_and_not_opened(folder: Path, kind: str, suffix: str) -> None:
    path = odd_file(folder)
    path.unlink()
    path = path if suffix == ".json" else folder / "mini.csv"
    KINDS[kind](path)
    reason = only_problem(folder)
    if kind != "a link" or suffix == ".json":  # a published file may be a link, but this one leads nowhere
        assert kind.removesuffix(" to a device") in reason or "a device" in reason
    merge(folder.with_name("into"), [folder])


def test_merge_writes_nothing_outside_of_its_folder(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for number, field in enumerate(("suite", "method", "source", "target", "run_id")):
        for form in (str(outside / "x"), "../../../outside/x"):
            path = odd_file(folder, f"{number}-{len(form)}.json", **{field: form})
            path.with_suffix(".log").write_text("log")
    done = merge(tmp_path / "into", [folder])
    assert (done.copied, len(done.flaws)) == (1, 10)
    assert list(outside.iterdir()) == []
    written = [path for path in (tmp_path / "into").rglob("*") if path.is_file()]
    assert [path.suffix for path in written] == [".json"]


def test_merge_does_not_leave_by_a_link(folder: Path, tmp_path: Path) -> None:
    outside, into = tmp_path / "outside", tmp_path / "into"
    outside.mkdir()
    (into / "runs").mkdir(parents=True)
    (into / "runs" / "mini").symlink_to(outside)
    with pytest.raises(ResultsError, match="remove the link"):
        merge(into, [folder])
    with pytest.raises(ResultsError, match="remove the link"):
        write_record(into, make_record())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("suite", [None, "mini"])
def test_links_to_folders_are_not_followed(folder: Path, tmp_path: Path, suite: str | None) -> None:
    real = (folder / "runs" / "mini").rename(tmp_path / "elsewhere")
    (folder / "runs" / "mini").symlink_to(real)
    results = read_results(folder, suite)
    assert results.frame.empty
    assert [flaw.reason for flaw in results.flaws] == [
        "a link to a folder, which is not followed: copy the folder itself"
    ]
    assert superseded(folder, suite) == []


def test_merge_copies_records_and_logs_alone_and_follows_no_link(folder: Path, tmp_path: Path) -> None:
    record = next((folder / "runs").rglob("*.json"))
    secret = tmp_path / "secret"
    secret.write_text("secret")
    record.with_suffix(".log").symlink_to(secret)
    record.with_suffix(".sh").write_text("echo")
    (folder / "more.csv").symlink_to(secret)
    done = merge(tmp_path / "into", [folder])
    assert [flaw.path.name for flaw in done.flaws] == ["more.csv"]
    assert [path.suffix for path in (tmp_path / "into").rglob("*") if path.is_file()] == [".json"]
    record.with_suffix(".log").unlink()
    record.with_suffix(".log").write_text("log")
    merge(tmp_path / "again", [folder])
    assert sorted(path.suffix for path in (tmp_path / "again").rglob("*") if path.is_file()) == [".json", ".log"]


def test_rows_are_held_to_the_same(tmp_path: Path) -> None:
    frame = make_frame(*(make_record(seed=seed) for seed in range(6)))
    changes: list[tuple[str, Any]] = [
        ("method", "../x"), ("run_id", "/x"), ("accuracy_selected", 1.5), ("finished", "2026-11-22T12:00:00"),
        ("source", "a/.."),
    ]  # fmt: skip
    for row, (name, value) in enumerate(changes):
        frame.loc[row, name] = value
    path = tmp_path / "mini.csv"
    path.write_text(csv_text(frame))
    good, flaws = read_csv(path)
    assert good["seed"].tolist() == [5]
    assert [flaw.reason.partition(" cannot be ")[0].split()[-1] for flaw in flaws] == [name for name, _ in changes]


def test_a_line_that_is_too_long_or_no_csv_costs_no_other_line(tmp_path: Path) -> None:
    path = tmp_path / "mini.csv"
    header, first, second = csv_text(make_frame(make_record(), make_record(seed=1))).splitlines()
    wide = first.replace(",dann,", f",{'d' * (csv.field_size_limit() + 1)},", 1)
    for odd in (wide, 'x,"y"z,' + first):
        path.write_text(f"{header}\n{odd}\n{second}\n")
        good, flaws = read_csv(path)
        assert good["seed"].tolist() == [1]
        assert [flaw.reason.startswith("row 2 is not counted: ") for flaw in flaws] == [True]
        assert len(flaws[0].reason) < 500


def test_prune_takes_files_by_their_exact_names(tmp_path: Path) -> None:
    old = write_record(tmp_path, make_record(0.5, plugin="old"))
    new = write_record(tmp_path, make_record(0.7, plugin="new", minute=1))
    wild = old.rename(old.with_name("[0-9]*.json"))
    wild.with_suffix(".log").write_text("log")
    new.with_suffix(".log").write_text("log")
    assert superseded(tmp_path) == sorted([wild, wild.with_suffix(".log")])
    longer = new.rename(new.with_name("[0-9]*.b.json"))
    assert longer not in superseded(tmp_path)


def test_a_clock_that_was_ahead_is_said_and_offers_nothing_to_prune(tmp_path: Path) -> None:
    future = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    wrong = write_record(tmp_path, make_record(0.5, plugin="old", finished=future))
    write_record(tmp_path, make_record(0.7, plugin="new"))
    write_record(tmp_path, make_record(0.7, plugin="old", method="coral"))
    write_record(tmp_path, make_record(0.7, plugin="new", method="coral", minute=1))
    assert [path.parent.name for path in superseded(tmp_path)] == ["coral"]
    (flaw,) = ahead(tmp_path)
    assert flaw.path == wrong
    assert verify(tmp_path)[1] == [flaw]
    done = CliRunner().invoke(cli, ["results", "prune", "mini", "--results", str(tmp_path)], obj=Context())
    assert "the clock was ahead" in done.stderr


@pytest.mark.parametrize("command", [["explain", "mini", "digits:digits_m", "dann"], ["table", "mini"]])
def test_what_is_left_out_is_said_once(folder: Path, command: list[str]) -> None:
    path = odd_file(folder, method="../x")
    done = CliRunner().invoke(cli, [*command, "--results", str(folder)], obj=Context())
    assert done.exit_code == 0
    assert done.stderr.count(str(path)) == 1
