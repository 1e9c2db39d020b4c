"""`dabench table`, `dabench explain` and `dabench results`, without the rest of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, TypeVar

import click
import pytest
from click.testing import CliRunner, Result

from dabench.cli import explain, results, table, versus
from dabench.errors import ResultsError, UsageError, unknown
from dabench.results.record_file import write_record
from dabench.specs.spec import DomainSpec, FormatSpec, MethodSpec, Registered, Spec, SuiteSpec
from tests.support.factories import make_record, make_records

S = TypeVar("S", bound=Spec)


class FakeRegistry:
    """The kinds that a table asks for; one suite, of which `folder` holds two pairs in another order."""

    def __init__(self) -> None:
        names = {"console": "console", "markdown": "markdown", "csv": "csv", "json": "json", "html": "html"}
        self.kinds = {
            FormatSpec: {
                name: SimpleNamespace(
                    spec=FormatSpec(
                        name=name,
                        entry_point=f"dabench.leaderboard.formats.{module}:render",
                        summary="",
                        wants_records=name == "html",
                    )
                )
                for name, module in names.items()
            },
            DomainSpec: {"digits_m": SimpleNamespace(spec=SimpleNamespace(regenerated=True))},
            MethodSpec: {
                "dann": SimpleNamespace(spec=MethodSpec(name="dann", entry_point="x:y", summary="", title="DANN"))
            },
            SuiteSpec: {"mini": SimpleNamespace(spec=SimpleNamespace(name="mini", load=self.suite))},
        }
        self.file: Path | None = None

    def suite(self) -> Path:
        """Its file."""
        assert self.file is not None
        return self.file

    def all(self, kind: type[S]) -> dict[str, Registered[S]]:
        return self.kinds[kind]  # type: ignore[return-value]

    def specs(self, kind: type[S]) -> dict[str, S]:
        return {name: found.spec for name, found in self.all(kind).items()}

    def get(self, kind: type[S], name: str) -> Registered[S]:
        if name not in self.kinds[kind]:
            raise unknown(kind.__name__, name, self.kinds[kind], listing="dabench list formats")
        return self.all(kind)[name]


SUITE = """
name: mini
backbone: mini_cnn
budget: {steps: 1, batch: 1}
methods: [dann]
pairs: [glyphs:digits, digits:digits_m, digits:glyphs]
"""


def invoke(command: click.Command, *arguments: Any) -> Result:
    context = SimpleNamespace(registry=FakeRegistry())
    with TemporaryDirectory() as folder:
        context.registry.file = Path(folder) / "mini.yaml"
        context.registry.file.write_text(SUITE)
        return _invoke(command, context, *arguments)


def _invoke(command: click.Command, context: SimpleNamespace, *arguments: Any) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], obj=context)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for pair in ("digits:digits_m", "glyphs:digits"):
        runs: dict[str, list[float | None]] = {
            "source_only": [0.5, 0.52],
            "coral": [0.6, 0.7],
            "dann": [0.7, 0.75],
            "target_only": [0.9, 0.91],
        }
        for record in make_records(runs, pair):
            write_record(tmp_path, record)
    return tmp_path


@pytest.mark.slow
def test_table_prints_the_leaderboard_of_mini(folder: Path) -> None:
    result = invoke(table.command, "--results", folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("mini · unsupervised · 2 seeds")
    assert " DANN " in result.stdout
    assert result.stderr.startswith("next: dabench explain mini glyphs:digits dann --results")


@pytest.mark.slow
def test_table_takes_the_folder_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DABENCH_RESULTS", str(folder))
    assert len(json.loads(invoke(table.command, "mini", "--format", "json").stdout)) == 4


@pytest.mark.slow
def test_table_filters_methods_and_pairs_and_keeps_the_bounds(folder: Path) -> None:
    result = invoke(
        table.command, "--results", folder, "--format", "json", "--methods", "dann", "--pairs", "glyphs:digits"
    )
    rows = json.loads(result.stdout)
    assert [row["method"] for row in rows] == ["source_only", "dann", "target_only"]
    assert [list(row["pairs"]) for row in rows] == [["glyphs:digits"]] * 3


@pytest.mark.slow
def test_table_filters_rows_of_a_method(folder: Path) -> None:
    for seed in (0, 1):
        write_record(folder, make_record(method="dann", variant="long", seed=seed))

    def variants(methods: str) -> list[str]:
        found = invoke(table.command, "--results", folder, "--format", "json", "--methods", methods).stdout
        return [row["variant"] for row in json.loads(found) if row["method"] == "dann"]

    assert variants("dann") == ["", "long"]
    assert variants("dann:long") == ["long"]
    assert variants("dann:") == [""]
    against = invoke(versus.command, "mini", "dann:long", "--results", folder).stdout
    assert "DANN (long) against" in against
    assert "DANN against" not in against
    with pytest.raises(UsageError, match=r"no row dann:longer in these results, but dann:, dann:long; dann means all"):
        variants("dann:longer")


@pytest.mark.slow
def test_pairs_stand_in_the_order_of_the_suite_and_those_not_run_only_if_asked_for(folder: Path) -> None:
    def pairs(*arguments: str) -> list[str]:
        rows = json.loads(invoke(table.command, "--results", folder, "--format", "json", *arguments).stdout)
        return list(rows[0]["pairs"])

    assert pairs() == ["glyphs:digits", "digits:digits_m"]
    assert pairs("--all-pairs") == ["glyphs:digits", "digits:digits_m", "digits:glyphs"]
    assert pairs("--pairs", "digits:digits_m,glyphs:digits") == ["digits:digits_m", "glyphs:digits"]
    text = invoke(table.command, "--results", folder, "--all-pairs").stdout
    assert "not run" in text
    write_record(folder, make_record(suite="mine"))
    with pytest.raises(UsageError, match=r"unknown suite 'mine'.* is named by its file"):
        invoke(table.command, "mine", "--results", folder, "--all-pairs")


@pytest.mark.slow
def test_table_writes_a_file(folder: Path, tmp_path: Path) -> None:
    result = invoke(table.command, "--results", folder, "--format", "markdown", "-o", tmp_path / "out" / "mini.md")
    assert result.stdout == ""
    assert (tmp_path / "out" / "mini.md").read_text().startswith("**mini** ·")
    assert "wrote" in result.stderr


@pytest.mark.slow
def test_table_shows_published_numbers_from_a_folder(folder: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    (published / "mini.yaml").write_text(
        "suite: mini\ntables:\n  - citation: A 2020\n    unit: percent\n    pairs: [digits:digits_m]\n"
        "    rows: [{method: dann, printed: DANN, accuracy: [81.5]}]\n"
    )
    result = invoke(table.command, "--results", folder, "--published", published)
    assert ".815 [1]" in result.stdout
    assert "published [1] A 2020" in result.stdout
    assert "[1]" not in invoke(table.command, "--results", folder, "--published", tmp_path).stdout
    (published / "mini.yaml").write_text("suite: mini\n")
    with pytest.raises(UsageError, match="tables: field required"):
        invoke(table.command, "--results", folder, "--published", published)


@pytest.mark.slow
def test_the_html_page_has_the_full_records_where_there_are_some(folder: Path, tmp_path: Path) -> None:
    invoke(table.command, "--results", folder, "--format", "html", "-o", tmp_path / "full.html")
    assert '"recorded": true' in (tmp_path / "full.html").read_text()
    invoke(results.command, "publish", "mini", "--results", folder)
    invoke(table.command, "--results", folder / "mini.csv", "--format", "html", "-o", tmp_path / "rows.html")
    assert '"recorded": true' not in (tmp_path / "rows.html").read_text()


def test_table_reports_what_it_does_not_count_on_stderr(folder: Path) -> None:
    for number in range(7):
        (folder / "runs" / "mini" / f"{number}.json").write_text("{")
    result = invoke(table.command, "--results", folder, "--format", "json")
    assert json.loads(result.stdout)
    assert result.stderr.count("(not counted)") == 5
    assert f"and 2 more; `dabench results verify {folder}` lists them" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--methods", "dan"], r"unknown method in these results 'dan'. Did you mean 'dann'.*table mini --results"),
        (["--pairs", "digits:x"], "unknown pair in these results"),
        (["--format", "jsn"], "Did you mean 'json'"),
    ],
)
def test_table_refuses_unknown_names(folder: Path, arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        invoke(table.command, "--results", folder, *arguments)


def test_table_without_results_names_the_next_command(folder: Path) -> None:
    with pytest.raises(ResultsError, match="dabench run office"):
        invoke(table.command, "office", "--results", folder)
    with pytest.raises(ResultsError, match="dabench run mini"):
        invoke(table.command, "--results", folder / "nowhere")


def test_table_of_damaged_results_alone_is_an_error(tmp_path: Path) -> None:
    write_record(tmp_path, make_record()).write_text("{")
    with pytest.raises(ResultsError, match="no usable results"):
        invoke(table.command, "--results", tmp_path)


@pytest.mark.slow
def test_explain_prints_what_is_behind_a_cell(folder: Path) -> None:
    result = invoke(explain.command, "mini", "digits:digits_m", "dann", "--results", folder)
    assert result.stdout.startswith("dann on digits → digits_m\n")


@pytest.mark.slow
def test_publish_writes_the_csv_beside_the_runs_and_the_table_reads_it(folder: Path) -> None:
    result = invoke(results.command, "publish", "mini", "--results", folder)
    assert result.stdout == f"{folder / 'mini.csv'}\n"
    from_rows = invoke(table.command, "--results", folder / "mini.csv", "--format", "json").stdout
    assert from_rows == invoke(table.command, "--results", folder, "--format", "json").stdout


def test_verify_lists_problems_and_fails(folder: Path) -> None:
    assert invoke(results.command, "verify", folder).exit_code == 0
    (folder / "runs" / "mini" / "x.json").write_text("{}")
    result = invoke(results.command, "verify", folder)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{folder / 'runs' / 'mini' / 'x.json'}: JSON, but not a record")
    assert "16 runs, 1 problem" in result.stderr


@pytest.mark.slow
def test_command_modules_import_nothing_heavy() -> None:
    code = (
        "import sys, dabench.cli.table, dabench.cli.explain, dabench.cli.results;"
        "print([name for name in ('torch', 'pandas', 'pydantic', 'rich', 'numpy', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_results_and_tables_need_no_torch() -> None:
    code = "import sys, dabench.leaderboard.explain, dabench.leaderboard.formats.console; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
