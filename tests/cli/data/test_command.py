"""`dabench data list` and `dabench data doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dabench.cli.main import main

HOOKS = """
from dabench import DomainSpec, hookimpl

@hookimpl
def dabench_domains():
    for name in ("cats", "dogs"):
        yield DomainSpec(
            name=f"pets/{name}", entry_point=f"pets_data:{name}", summary=name, files=(f"pets/{name}.txt",),
            homepage="https://example.org/pets", licence="CC0", citation="@misc{pets, title = {Pets}}",
        )
    yield DomainSpec(name="fish", entry_point="pets_data:fish", summary="fish", regenerated=True, citation="Me 2026")
"""

DATA = """
import numpy as np
from dabench import DomainArrays, Split
from dabench.data.folder import data_dir

def _load(text):
    y = np.array([int(word) for word in text.split()])
    train, test = Split(np.zeros((len(y), 3), np.float32), y), Split(np.ones((2, 3), np.float32), y[:2])
    return DomainArrays(train, test, ("a", "b"))

def cats():
    return _load((data_dir() / "pets/cats.txt").read_text())

def dogs():
    return _load((data_dir() / "pets/dogs.txt").read_text())

def fish():
    return _load("0 1 1")
"""

SUITE = "name: own\nversion: 1\nseeds: 0\nbackbone: identity\nmethods: []\npairs: [pets/cats:fish, fish:pets/cats]\n"


@pytest.fixture
def pets(site, data: Path) -> Path:
    """A plugin with three domains; the files of one are there. Returns the folder of files."""
    site.install("pets", {"pets": "pets_hooks"}, pets_hooks=HOOKS, pets_data=DATA)
    (data / "pets").mkdir()
    (data / "pets" / "cats.txt").write_text("0 0 1")
    return data / "pets"


@pytest.fixture
def run(capsys):
    """Run `dabench data` in this process."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["data", *arguments])
        return (caught.value.code, *capsys.readouterr())

    return call


def _rows(out: str) -> dict[str, dict]:
    return {row["name"]: row for row in json.loads(out)}


def test_list_says_what_there_is(run, pets: Path) -> None:
    code, out, err = run("list", "pets", "fish")
    assert (code, err) == (1, ""), "a missing set that was named"
    lines = [line.rstrip() for line in out.splitlines()]
    assert [line.split()[0] for line in lines[:4]] == ["domain", "pets/cats", "pets/dogs", "fish"]
    assert "not decoded" in lines[1]
    assert "5 B" in lines[1]
    assert "missing" in lines[2]
    assert "can be regenerated" in lines[3]
    assert f"missing: these files below {pets.parent}" in lines
    assert "  pets/dogs: pets/dogs.txt, from https://example.org/pets" in lines
    assert "  pets/cats: dabench data doctor NAME" in lines
    assert "  pets/*: CC0" in lines
    assert "  fish: unknown" in lines, "no licence"
    assert "  pets/*: pets" in lines, "the key of its BibTeX"
    assert "  fish: Me 2026" in lines
    assert not (pets.parent / "ready").exists()


@pytest.mark.slow
def test_everything_fits_80_columns(run, data: Path) -> None:
    for arguments in (["list"], ["list", "digits", "glyphs"], ["doctor", "digits"]):
        out = run(*arguments)[1].replace(str(data), "/data")
        assert [line for line in out.splitlines() if len(line) > 80 and "http" not in line] == []


@pytest.mark.slow
def test_what_nobody_named_may_be_missing(run, pets: Path) -> None:
    assert run("list")[0] == 0
    assert run("list", "pets/cats")[0] == 0
    assert run("list", "pets/dogs")[0] == 1


def test_doctor_decodes_and_then_list_knows(run, pets: Path) -> None:
    code, out, _ = run("doctor", "pets/cats", "fish", "--json")
    assert code == 0
    rows = _rows(out)
    assert {row["state"] for row in rows.values()} == {"ready"}
    cats = rows["pets/cats"]
    assert cats["counts"] == {"train": [2, 1], "test": [2, 0]}
    assert (cats["verified"], cats["content"], len(cats["sha256"])) == (False, None, 64)
    assert cats["files"] == [{"pattern": "pets/cats.txt", "files": 1, "bytes": 5}]
    assert Path(cats["prepared"]).parent == pets.parent / "ready"
    assert (cats["licence"], cats["homepage"]) == ("CC0", "https://example.org/pets")
    assert cats["citation"].startswith("@misc{pets")
    assert _rows(run("list", "pets/cats", "fish", "--json")[1]) == rows
    out = run("list", "pets/cats", "fish")[1]
    assert out.splitlines()[1].split() == ["pets/cats", "ready", "5", "B", "3", "2", cats["sha256"][:8] + "?"]
    assert "? unverified content" in out
    assert "regenerated here from a recipe: fish" in out


@pytest.mark.slow
def test_known_content_has_no_question_mark(run, data: Path) -> None:
    code, out, _ = run("doctor", "digits", "--json")
    row = _rows(out)["digits"]
    assert (code, row["verified"], row["content"]) == (0, True, "complete")
    assert [known["sha256"] for known in row["known"]] == [row["sha256"]]
    assert "?" not in run("list", "digits")[1]


def test_corrupt_files_are_an_exit_code_and_say_what_to_do(run, pets: Path) -> None:
    (pets / "cats.txt").write_text("0 x")
    code, out, err = run("doctor", "pets/cats")
    assert (code, err) == (1, "")
    assert "corrupt" in out.splitlines()[1]
    text = " ".join(out.split())
    assert "domain 'pets/cats' cannot be decoded: ValueError" in text
    assert "get its files anew from https://example.org/pets" in text


@pytest.mark.slow
def test_a_suite_names_domains(run, pets: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(SUITE)
    code, out, _ = run("list", "--suite", str(tmp_path / "own.yaml"), "--json")
    assert code == 0
    assert list(_rows(out)) == ["pets/cats", "fish"]
    assert list(_rows(run("list", "--suite", "mini", "--json")[1])) == ["digits", "digits_m", "glyphs"]
    (pets / "cats.txt").unlink()
    assert run("list", "--suite", str(tmp_path / "own.yaml"))[0] == 1


def test_unknown_names(run, pets: Path) -> None:
    code, out, err = run("doctor", "pets/cat")
    assert (code, out) == (2, "")
    assert err.startswith("Error: unknown domain 'pets/cat'. Did you mean 'pets/cats' or ")
    assert err.endswith("`dabench list domains` lists the choices.\n")
    assert run("list", "--suite", "minni")[0] == 2


def test_fetch_of_nothing_and_of_what_has_no_link(run, pets: Path) -> None:
    code, out, err = run("fetch")
    assert (code, out) == (2, "")
    assert "name what to fetch" in err
    code, out, err = run("fetch", "pets/dogs")
    assert (code, err) == (1, "")
    assert "  pets/dogs: pets/dogs.txt, from https://example.org/pets" in out.splitlines()
    assert run("fetch", "fish")[0] == 0, "made here"


@pytest.mark.parametrize("name", ["office_caltech", "office-caltech"])
def test_a_family_by_its_name(run, data: Path, name: str) -> None:
    rows = _rows(run("list", name, "--json")[1])
    assert list(rows) == [f"office_caltech/{part}" for part in ("amazon", "caltech", "dslr", "webcam")]


def test_the_real_sets_are_what_they_should_be(run, real_data: Path) -> None:
    code, out, _ = run("doctor", "usps", "gtsrb", "office_caltech", "amazon", "--json")
    rows = _rows(out)
    assert code == 0
    assert all(row["verified"] for row in rows.values())
