"""`dabench results`: what the commands print, and their exit codes."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.errors import DabenchError
from dabench.results.folder import read_results
from dabench.results.record_file import write_record
from tests.support.factories import digest, make_record


def invoke(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli, ["results", *map(str, arguments)], standalone_mode=False, obj=Context())
    if result.exception is not None:
        raise result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_record(tmp_path / "a", make_record(0.7))
    write_record(tmp_path / "a", make_record(0.5, plugin="old", minute=-5))
    return tmp_path / "a"


def test_merge_names_conflicts_and_fails(folder: Path, tmp_path: Path) -> None:
    write_record(tmp_path / "b", make_record(0.9, seed=1))
    result = invoke("merge", folder, tmp_path / "b")
    assert (result.return_value, result.stdout) == (0, "")
    assert "1 records and 0 published rows are new" in result.stderr
    write_record(tmp_path / "b", make_record(0.1))
    result = invoke("merge", folder, tmp_path / "b")
    assert result.return_value == 1
    assert "the same run with other numbers" in result.stdout


@pytest.mark.slow
def test_prune_shows_first_and_deletes_only_when_told(folder: Path) -> None:
    files = sorted((folder / "runs").rglob("*.json"))
    result = invoke("prune", "--results", folder)
    assert [Path(line) for line in result.stdout.splitlines()] == [
        path for path in files if digest("old") in path.read_text()
    ]
    assert "Nothing was deleted" in result.stderr
    assert sorted((folder / "runs").rglob("*.json")) == files
    assert "deleted" in invoke("prune", "--results", folder, "--yes").stderr
    assert read_results(folder).frame["accuracy_selected"].tolist() == [0.7]
    assert invoke("prune", "--results", folder, "--yes").stdout == ""


def test_export_without_pyarrow_says_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DabenchError, match=r"pip install 'dabench\[parquet\]'"):
        invoke("export", "--results", folder, "--parquet", tmp_path / "x.parquet")
    assert not (tmp_path / "x.parquet").exists()


def test_an_exported_file_reads_back(folder: Path, tmp_path: Path) -> None:
    invoke("export", "--results", folder, "--parquet", tmp_path / "x.parquet")
    back = pd.read_parquet(tmp_path / "x.parquet")
    frame = read_results(folder).frame
    assert list(back.columns) == list(frame.columns)
    assert back["accuracy_selected"].tolist() == frame["accuracy_selected"].tolist()
    assert back["shots"].isna().all()
