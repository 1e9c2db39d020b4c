"""Output to a stream that is not Unicode: stand-ins, the escapes of the format, and never an error."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dabench.cli.encoding import ERRORS
from dabench.cli.main import main
from dabench.plugin.registry import Registry
from dabench.results.record_file import write_record
from tests.support.factories import make_records


def written(monkeypatch: pytest.MonkeyPatch, encoding: str, *words: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it writes to streams of an encoding."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as stop:
            main(words)
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)  # type: ignore[attr-defined]
    return int(str(stop.value.code)), out, err


@pytest.fixture
def results(tmp_path: Path) -> str:
    """A folder with runs of a suite."""
    for record in make_records({"source_only": [0.5, 0.6], "dann": [0.7, 0.8], "target_only": [0.9, 0.91]}):
        write_record(tmp_path / "results", record)
    return str(tmp_path / "results")


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("digits → digits_m ±.1 · †", "cp1252", "digits -> digits_m ±.1 · †"),
        ("digits → digits_m ±.1 · †", "ascii", "digits -> digits_m +-.1 - +"),
        ("größer, 猫, Å", "ascii", "gro?er, ?, A"),
        ("a → b", "cp437", "a -> b"),
        ("a → b", "utf-8", "a → b"),
    ],
)
def test_characters_have_stand_ins(text: str, encoding: str, expected: str) -> None:
    assert text.encode(encoding, ERRORS).decode(encoding) == expected


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_runs_end_with_their_table(
    monkeypatch: pytest.MonkeyPatch, registry: Registry, tmp_path: Path, encoding: str
) -> None:
    words = ["run", "toy", "--methods", "dann", "--seeds", "0", "--steps", "2", "--launcher", "inline"]
    code, out, err = written(monkeypatch, encoding, *words, "--device", "cpu", "--results", str(tmp_path))
    assert code == 0
    assert ("toy_a → toy_b" if encoding == "utf-8" else "toy_a -> toy_b") in out
    assert "bug" not in err


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["table", "mini"],
        ["table", "mini", "--format", "markdown"],
        ["table", "mini", "--format", "latex"],
        ["table", "mini", "--format", "csv"],
        ["table", "mini", "--format", "html"],
        ["explain", "mini", "digits:digits_m", "dann"],
        ["versus", "mini", "dann"],
        ["power", "mini"],
    ],
    ids=" ".join,
)
def test_every_command_ends_well(monkeypatch: pytest.MonkeyPatch, results: str, words: list[str]) -> None:
    code, out, _ = written(monkeypatch, "ascii", *words, "--results", results)
    assert code == 0
    assert "digits_m" in out.replace("\\_", "_")


@pytest.mark.slow
def test_formats_for_programs_keep_every_character(
    monkeypatch: pytest.MonkeyPatch, results: str, tmp_path: Path
) -> None:
    baseline = str(tmp_path / "base.csv")
    assert written(monkeypatch, "utf-8", "results", "publish", "mini", "--results", results, "-o", baseline)[0] == 0
    check = ["check", "mini", "--baseline", baseline, "--results", results, "--format"]
    plain, escaped = (written(monkeypatch, encoding, *check, "json")[1] for encoding in ("utf-8", "ascii"))
    assert json.loads(escaped) == json.loads(plain)
    plain, escaped = (written(monkeypatch, encoding, *check, "junit")[1] for encoding in ("utf-8", "ascii"))
    assert "→" in plain
    assert ET.canonicalize(escaped) == ET.canonicalize(plain)
    texts = [written(monkeypatch, encoding, "list", "methods", "--json")[1] for encoding in ("utf-8", "ascii")]
    listed = [json.loads(text) for text in texts]
    assert listed[0] == listed[1]
    assert "é" in json.dumps(listed, ensure_ascii=False), "there is something to escape"


@pytest.mark.slow
def test_an_environment_that_is_not_unicode() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dabench", "list", "methods", "--json"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("cp1252"))
