"""Foreign texts on a terminal, in the log of a CI job, in a spreadsheet, and in commands to copy."""

from __future__ import annotations

import csv
import shlex
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from dabench.cli.context import Context
from dabench.cli.main import cli
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import csv as csv_
from dabench.leaderboard.formats.text import next_commands
from dabench.printable import capped, no_commands, printable, shown
from dabench.results.csv_cells import as_text, from_text
from dabench.results.csv_file import csv_text, read_csv
from dabench.results.folder import read_results
from dabench.results.publish import publish
from dabench.results.record_file import write_record
from dabench.results.verify import verify
from dabench.specs.spec import MethodSpec
from tests.support.factories import make_frame, make_record

ACTING = "\x1b[31m\x07\x08\r\x7f\x9b2J\u200b\u200e\u202e\u2028\u2066\ufeff\U000e0041\udcff"


def test_what_acts_is_escaped_and_what_is_read_stays() -> None:
    made = printable(ACTING)
    assert made.isprintable()
    assert made.isascii()
    assert made.startswith(r"\x1b[31m\x07\x08\r\x7f\x9b2J\u200b\u200e\u202e\u2028")
    made.encode()
    for text in ("plain", "ünïcode · → % 漢字 😀", "narrow\u202fspace"):
        assert printable(text) == text
    assert printable("a\n\tb") == r"a\n\tb"
    assert printable("a\n\tb", lines=True) == "a\n\tb"


def test_both_ends_of_a_long_text_are_kept() -> None:
    text = capped("begin" + "x" * 10**6 + "end", 1000)
    assert text.startswith("beginxxx")
    assert text.endswith("xxxend")
    assert "\n... 999,008 characters are left out ...\n" in text
    assert len(shown("x" * 10**6)) < 200


@pytest.mark.parametrize("line", ["::error::x", "  ::add-mask::x", "\t::x::", "x ##[error]y", "##[group]"])
def test_no_line_is_a_command_to_a_ci_job(line: str) -> None:
    for made in no_commands(f"before\n{line}\nafter").splitlines():
        assert not made.lstrip().startswith("::")
        assert "##[" not in made
    assert no_commands("a::b\n std::cout") == "a::b\n std::cout"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A results folder whose name the shell would act on, with texts in its records that a terminal would."""
    made = tmp_path / "my results; echo $HOME"
    write_record(made, make_record(0.8, variant="\x1b[31m::x\u202e", error=None))
    write_record(made, make_record(None, seed=1, method="coral", error="\n::error::\x1b[2Jwrong"))
    write_record(made, make_record(None, seed=2, method="coral", error="Traceback\nValueError: \x9b no"))
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["table", "mini"], ["table", "mini", "--format", "markdown"], ["results", "verify"],
        ["explain", "mini", "digits:digits_m", "coral"],
    ],
)  # fmt: skip
def test_commands_print_nothing_that_acts(folder: Path, command: list[str]) -> None:
    where = [str(folder)] if command[-1] == "verify" else ["--results", str(folder)]
    done = CliRunner().invoke(cli, [*command, *where], obj=Context())
    assert done.exit_code == 0, done.output
    for text in (done.stdout, done.stderr):
        assert all(part == "\n" or part.isprintable() for part in text)
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_next_commands_can_be_copied_into_a_shell(folder: Path) -> None:
    tables = build_tables(make_frame(make_record(0.8)), origin=str(folder))
    first, second = (part.strip() for part in next_commands(tables).removeprefix("next:").split(" · "))
    assert shlex.split(first) == [
        "dabench", "explain", "mini", "digits:digits_m", "dann", "--results", str(folder)
    ]  # fmt: skip
    assert shlex.split(second)[3:5] == ["--results", str(folder)]


FORMULAS = ["=1+1", "+1", "-1", "@x", "\tx", "'=x", "'x", "x=1", ""]


def test_cells_that_look_like_formulas_are_text() -> None:
    for text in FORMULAS:
        assert not as_text(text).startswith(("=", "+", "-", "@", "\t"))
    assert [from_text(as_text(text)) for text in FORMULAS if text != "'=x"] == [x for x in FORMULAS if x != "'=x"]


@pytest.mark.slow
def test_csv_files_hold_no_formula_and_read_back(tmp_path: Path) -> None:
    write_record(tmp_path, make_record(0.8, variant="=HYPERLINK(1)"))
    write_record(tmp_path, make_record(None, seed=1, error="ValueError: x"))
    write_record(tmp_path, make_record(None, seed=2, error="@x"))
    before = read_results(tmp_path).frame
    path = publish(tmp_path, "mini", tmp_path / "mini.csv")
    cells = [cell for row in csv.reader(StringIO(path.read_text())) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    after, problems = read_csv(path)
    assert problems == []
    assert sorted(after["variant"]) == sorted(before["variant"])
    assert verify(tmp_path)[1] == []
    assert csv_text(after) == path.read_text()
    tables = build_tables(before[before["status"] == "ok"])
    assert "'=HYPERLINK(1)" in csv_.render(tables)


@pytest.mark.parametrize("fields", [{"summary": "a\x1b[2J"}, {"title": "a\n::error::b"}, {"summary": "a\u202e"}])
def test_specs_have_names_for_the_screen(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not one printable line"):
        MethodSpec(**{"name": "x", "entry_point": "a:b", "summary": "x", **fields})


@pytest.mark.parametrize("value", [None, 7, ["x"]])
def test_specs_of_wrong_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match="summary must be text"):
        MethodSpec(name="x", entry_point="a:b", summary=value)  # type: ignore[arg-type]
