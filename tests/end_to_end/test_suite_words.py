"""A suite of one's own in every command: by its file and by its name, in the folder where it lies and elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dabench.cli.main import main

SUITE = """\
name: tidy
seeds: 0-1
backbone: toy_net
budget: {steps: 4, batch: 8, checkpoints: 2}
methods: [dann]
pairs: [toy_b:toy_a, toy_a:toy_b]
"""
COMMANDS = {
    "table": "table {} --format csv",
    "explain": "explain {} toy_a:toy_b dann",
    "versus": "versus {} dann",
    "power": "power {}",
    "selectors": "selectors {}",
    "rescore": "rescore {} --selector snd",
    "publish": "results publish {} -o published.csv",
    "export": "results export {} --parquet runs.parquet",
    "prune": "results prune {}",
    "check": "check {} --baseline tidy.csv",
    "cite": "cite {}",
    "data check": "data check {}",
    "data fetch": "data fetch --suite {}",
    "dry run": "run {} --dry-run --seeds 9",
    "run": "run {} --device cpu --launcher inline",
    "tune": "tune dann --suite {} --space weight=1 --steps 2 --pairs toy_a:toy_b --device cpu --launcher inline",
    "plot features": "plot features toy_a:toy_b --suite {} --methods dann --points 9 --device cpu --launcher inline",
}
WORDS = ["Clean.yaml", "tidy"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, module_registry: object) -> Iterator[Path]:
    """The suite `tidy` of `Clean.yaml`, run, with a baseline."""
    path, before = tmp_path_factory.mktemp("own"), Path.cwd()
    (path / "Clean.yaml").write_text(SUITE)
    os.chdir(path)
    try:
        assert call("run Clean.yaml --device cpu --launcher inline --outputs 50") == 0
        assert call("results publish Clean.yaml -o tidy.csv") == 0
        yield path
    finally:
        os.chdir(before)


def call(line: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_its_file_and_its_name(command: str, word: str, folder: Path, capsys) -> None:
    code = call(COMMANDS[command].format(word))
    out, err = capsys.readouterr()
    assert code == 0, err
    if command in ("table", "explain", "versus", "power"):
        assert "toy_a" in out
    if command == "dry run":
        assert out.startswith("tidy · ")
    if command == "run":
        assert "12 runs, 12 of them done before" in err
    if command in ("prune", "publish", "export"):
        assert "Error" not in err


@pytest.mark.parametrize("word", WORDS)
def test_reproduce_takes_both_too(word: str, folder: Path, capsys) -> None:
    record = next(Path("results/runs/tidy").rglob("dann/0-*.json"))
    assert call(f"reproduce {record} --suite {word} --launcher inline") == 0
    assert "identical: " in capsys.readouterr().out


def test_plot_shots_knows_it(folder: Path, capsys) -> None:
    assert call("plot shots Clean.yaml") == 2
    assert "not of one suite with shots" in capsys.readouterr().err


def test_the_file_gives_the_order_of_its_pairs(folder: Path, capsys) -> None:
    assert call("table Clean.yaml") == 0
    out, err = capsys.readouterr()
    assert out.index("toy_b → toy_a") < out.index("toy_a → toy_b")
    assert "next: dabench explain Clean.yaml " in err
    assert "dabench table Clean.yaml --format html -o tidy.html" in err


def test_the_name_of_the_file_alone_is_no_suite(folder: Path, capsys) -> None:
    assert call("run clean") == 2
    err = capsys.readouterr().err
    assert "unknown suite 'clean'." in err
    assert "The file Clean.yaml is the suite 'tidy': name one of these." in err
    assert "A suite of your own is named by its file, as in my_suite.yaml." in err


def test_two_files_of_one_name(folder: Path, capsys) -> None:
    copy = folder / "copy.yml"
    copy.write_text(SUITE)
    try:
        assert call("cite tidy") == 2
        assert "Clean.yaml and copy.yml call themselves 'tidy', each of them" in capsys.readouterr().err
        assert call("table tidy") == 0, "results have one name"
    finally:
        copy.unlink()


@pytest.mark.parametrize("command", ["table", "power", "selectors", "rescore", "results publish", "versus {} dann"])
def test_without_results_the_next_command_is_one_that_works(command: str, folder: Path, capsys) -> None:
    (folder / "far away").mkdir(exist_ok=True)
    file = folder / "far away" / "new.yaml"
    file.write_text(SUITE.replace("name: tidy\n", ""))
    words = (command if "{}" in command else f"{command} {{}}").split()
    with pytest.raises(SystemExit) as ended:
        main([word.format("far away/new.yaml") for word in words])
    err = capsys.readouterr().err
    assert ended.value.code == 1
    assert "'new'" in err
    assert "`dabench run 'far away/new.yaml'" in err


def test_a_file_that_is_not_there(folder: Path, capsys) -> None:
    for command in ("table", "cite", "results publish", "data check"):
        assert call(f"{command} absent.yaml") == 2
        assert "there is no suite file absent.yaml" in capsys.readouterr().err


def test_files_that_are_no_suites_are_passed_over(folder: Path, capsys) -> None:
    for name, content in {"list.yaml": b"[1", "odd.yml": b"\xff", "compose.yaml": b"services: {}"}.items():
        (folder / name).write_bytes(content)
    (folder / "folder.yaml").mkdir()
    assert call("cite tidy") == 0
    assert "dabench" in capsys.readouterr().out
