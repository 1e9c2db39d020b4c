"""`dabench data check`, and the data of a suite in the commands beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.cli.main import main
from tests.support.own_files import picture, write_pictures, write_suite

EVEN = {"photos/cat": 16, "photos/dog": 16, "sketches/cat": 16, "sketches/dog": 16}


@pytest.fixture
def call(capsys, monkeypatch, tmp_path: Path, data: Path):
    """Run a command in this process and in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out = capsys.readouterr()
        return int(end.value.code or 0), out.out, out.err

    return run


def of_tables(folder: Path, more: str = "") -> None:
    """Write a suite of two tables, north and south, whose files are in `tables`; `more` is in its `domains`."""
    domains = f"{{tables: tables, label: who{more}}}"
    write_suite(folder / "own.yaml", domains, "[north:south]", backbone="identity", budget="", methods="[coral]")


@pytest.mark.slow
def test_a_suite_that_is_ready(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    code, out, _ = call("data", "check", "own.yaml")
    assert code == 0
    assert "photos       22    10        2  cat (16)  cat (16)    1.0  3x8x8 uint8" in out
    assert "cat    11 + 5    11 + 5" in out
    assert out.endswith("\nready: dabench run own.yaml\n")
    assert "warnings" not in out


@pytest.mark.slow
def test_everything_that_is_wrong_at_once(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN | {"photos/owl": 3})
    (tmp_path / "pictures/photos/cat/0.jpg").write_bytes(b"nothing")
    suite = write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    code, out, _ = call("data", "check", "own.yaml")
    assert code == 1
    assert "left out of photos: 2" in out
    assert "photos/cat/0.jpg: no picture that can be read" in out
    assert "photos: the class owl (3 examples): not in sketches" in out
    assert "photos: 1 examples or files cannot be used" in out
    assert out.endswith("\n2 problems: runs would fail\n")
    write_suite(suite, "{images: pictures, size: 8, on_bad: skip}")
    code, out, _ = call("data", "check", "own.yaml")
    assert (code, "left out of photos: 2" in out) == (0, True)


@pytest.mark.slow
def test_a_run_stops_or_goes_on_as_the_user_chose(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    (tmp_path / "pictures/photos/cat/0.jpg").write_bytes(b"nothing")
    suite = write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}", bounds="[source_only]")
    code, out, err = call("run", "own.yaml", "--launcher", "inline")
    assert (code, "failed" in out) == (1, True)
    assert "photos/cat/0.jpg: no picture that can be read" in err
    write_suite(suite, "{images: pictures, size: 8, on_bad: skip}", bounds="[source_only]")
    code, out, err = call("run", "own.yaml", "--launcher", "inline")
    assert code == 0
    assert "Warning: left out of photos, 1 in all: photos/cat/0.jpg: no picture that can be read" in err


@pytest.mark.slow
def test_what_was_left_out_stands_under_the_leaderboard(call, tmp_path: Path) -> None:
    """A whole class, a picture, and a class that the suite does not name; from records and from published rows."""
    write_pictures(tmp_path / "pictures", EVEN | {"photos/owl": 3})
    (tmp_path / "pictures/photos/cat/0.jpg").write_bytes(b"nothing")
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8, on_bad: skip}", bounds="[source_only]")
    code, out, _ = call("run", "own.yaml", "--launcher", "inline")
    note = (
        "left out of photos, 2 in all: the class owl (3 examples): not in sketches; "
        "photos/cat/0.jpg: no picture that can be read"
    )
    assert (code, note in " ".join(out.split())) == (0, True)
    assert call("results", "publish", "own")[0] == 0
    for rows in ("results", "results/own.csv"):
        for form in ("console", "markdown", "latex", "html", "csv", "json"):
            code, out, _ = call("table", "own", "--results", rows, "--format", form)
            assert (code, note in " ".join(out.split())) == (0, True), f"{form} of {rows}"
    code, out, _ = call("explain", "own", "photos:sketches", "source_only")
    assert (code, note in out) == (0, True)

    chosen = "{images: pictures, size: 8, on_bad: skip, classes: [cat, dog]}"
    write_suite(tmp_path / "chosen.yaml", chosen, bounds="[source_only]")
    code, out, _ = call("run", "chosen.yaml", "--launcher", "inline")
    note = "photos: classes that the suite does not name: owl (3 examples)"
    assert (code, note in " ".join(out.split())) == (0, True)


def test_duplicates_are_named(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", {"photos/train/cat": 2, "photos/train/dog": 2, "photos/test/cat": 2})
    write_pictures(tmp_path / "pictures", {"photos/test/dog": 2, "sketches/cat": 2, "sketches/dog": 2})
    folder = tmp_path / "pictures"
    twin = (folder / "photos/train/cat/0.jpg").read_bytes()
    for place in ("photos/test/cat/twin.jpg", "photos/train/dog/twin.jpg", "sketches/dog/twin.jpg"):
        (folder / place).write_bytes(twin)
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    code, out, _ = call("data", "check", "own.yaml")
    text = " ".join(out.split())
    assert code == 0
    assert (
        "photos, in train and in test: 1 examples are the same: photos/train/cat/0.jpg = photos/test/cat/twin.jpg"
        in text
    )
    assert (
        "photos: 1 examples are in two classes: photos/train/cat/0.jpg (cat) = photos/train/dog/twin.jpg (dog)" in text
    )
    assert "photos and sketches: 1 examples are the same: photos/train/cat/0.jpg = sketches/dog/twin.jpg" in text
    assert "photos: few training examples of cat (2); dog (3)" in text


@pytest.mark.slow
def test_pictures_of_two_classes_are_named_with_both(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    folder = tmp_path / "pictures"
    twin = (folder / "photos/cat/0.jpg").read_bytes()
    for place in ("photos/cat/1.jpg", "photos/cat/2.jpg", "photos/dog/3.jpg", "sketches/dog/4.jpg"):
        (folder / place).write_bytes(twin)
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    text = " ".join(call("data", "check", "own.yaml")[1].split())
    (own,) = re.findall(r"photos: 1 examples are in two classes: (\S+) \((\w+)\) = (\S+) \((\w+)\)", text)
    assert {own[1], own[3]} == {"cat", "dog"}
    assert "photos/dog/3.jpg" in own
    (across,) = re.findall(r"photos and sketches: 1 examples are in two classes: (\S+) \(cat\) = (\S+) \(dog\)", text)
    assert across[0].startswith("photos/cat/")
    assert across[1] == "sketches/dog/4.jpg"


def rows(shift: float) -> list[str]:
    return [f"{place + shift},{'xy'[place % 2]},{'ab'[place // 20]}" for place in range(40)]


@pytest.mark.slow
def test_rows_of_tables_are_named_by_file_and_line(call, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    north, south = rows(0.25), rows(0.5)
    north[30] = north[3][:-1] + "b"
    south[12] = north[25][:-1] + "a"
    for name, lines in (("north", north), ("south", south)):
        (tmp_path / f"tables/{name}.csv").write_text("age,ward,who\n\n" + "\n".join(lines))
    of_tables(tmp_path)
    code, out, _ = call("data", "check", "own.yaml")
    text = " ".join(out.split())
    assert code == 0
    torn = re.findall(r"north: 1 examples are in two classes: (.*?) \((\w)\) = (.*?) \((\w)\)", text)[0]
    assert {torn[:2], torn[2:]} == {("north.csv, line 6", "a"), ("north.csv, line 33", "b")}
    assert "north and south: 1 examples are in two classes: north.csv, line 28 (b) = south.csv, line 15 (a)" in text
    assert "columns numbers: age ward: categories, 2 levels" in text


def test_a_problem_that_every_loader_meets_is_said_once(call, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    lines = [f"{place}.5,name{place},{'ab'[place % 2]}" for place in range(200)]
    for name in ("north", "south"):
        (tmp_path / f"tables/{name}.csv").write_text("age,ward,who\n" + "\n".join(lines))
    of_tables(tmp_path)
    code, out, _ = call("data", "check", "own.yaml")
    assert (code, out.count("the column ward has 140 categories")) == (1, 1)


@pytest.mark.slow
def test_what_all_domains_have_is_said_once(call, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("north", "south"):
        (tmp_path / f"tables/{name}.csv").write_text("age,ward,who\n" + "\n".join(rows(0.25)) + "\n?,x,a\n")
    of_tables(tmp_path)
    code, out, _ = call("data", "check", "own.yaml")
    text = " ".join(out.split())
    assert (code, text.count("the column age holds numbers")) == (1, 1)
    assert "'?' (north.csv, line 42; south.csv, line 42). Say in `domains` `na_values: ['?']`" in text
    assert out.endswith("\n1 problem: runs would fail\n")
    of_tables(tmp_path, ", na_values: '?', missing: drop")
    code, out, _ = call("data", "check", "own.yaml")
    found = json.loads(call("data", "check", "own.yaml", "--json")[1])
    assert (code, found["columns"]) == (0, {"age": "numbers", "ward": "categories, 2 levels"})
    warning = "the column age counts the rows"
    assert sum(warning in text for text in found["warnings"]) == 0
    assert sum("the column age alone tells the classes apart" in text for text in found["warnings"]) == 1
    assert "notes\n  north: 1 rows with empty cells are dropped" in out
    assert " ".join(out.split()).count("the column age alone tells the classes apart") == 1  # and no note
    code, _, err = call("run", "own.yaml", "--launcher", "inline", "--seeds", "0")
    assert (code, err.count("the column age alone tells the classes apart")) == (0, 1)


@pytest.mark.slow
def test_imbalance_is_named(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    for place in range(200):
        picture(1000 + place, (8, 8)).save(tmp_path / f"pictures/photos/cat/more{place}.jpg")
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    code, out, _ = call("data", "check", "own.yaml", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["warnings"][0].startswith("photos: its largest class is 14 times its smallest")
    assert found["domains"][0]["counts"]["train"] == [151, 11]


@pytest.mark.slow
def test_what_cannot_be_paired(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}", pairs="[photos:digits, photos:nothing]")
    code, out, _ = call("data", "check", "own.yaml")
    text = " ".join(out.split())
    assert code == 1
    assert "photos:digits: classes of photos that digits does not have: cat, dog" in text
    assert "photos:digits: examples have the shape (3, 8, 8) and (3, 16, 16)" in text
    assert "unknown domain 'nothing'" in text


@pytest.mark.parametrize(
    ("domains", "code", "text"),
    [("{images: nowhere}", 2, "nowhere does not exist"), ("{imags: x}", 2, "line 1: domains.imags: there is no such")],
)
def test_a_suite_that_names_nothing(call, tmp_path: Path, domains: str, code: int, text: str) -> None:
    write_suite(tmp_path / "own.yaml", domains)
    found, _, err = call("data", "check", "own.yaml")
    assert (found, text in err) == (code, True)


@pytest.mark.slow
def test_the_commands_beside_it_know_own_domains(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    assert [row["state"] for row in json.loads(call("data", "list", "--suite", "own.yaml", "--json")[1])] == [
        "not decoded"
    ] * 2
    assert [row["state"] for row in json.loads(call("data", "doctor", "--suite", "own.yaml", "--json")[1])] == [
        "ready"
    ] * 2
    code, out, _ = call("cite", "own.yaml")
    assert (code, "photos" in out) == (0, False)


PLUGIN = """
from dabench import DomainSpec, SuiteSpec, hookimpl

@hookimpl
def dabench_domains():
    for shift in (0, 3):
        yield DomainSpec(
            name=f"rays{shift}", entry_point="rays_data:load", summary="rays", licence="CC0", arguments={"shift": shift}
        )

@hookimpl
def dabench_suites():
    yield SuiteSpec(name="rays", entry_point="rays_pack:rays.yaml", summary="rays")
"""

RAYS = """
import numpy as np
from dabench import DomainArrays, Split

def load(shift):
    y = np.arange(40) % 2
    x = np.random.default_rng(shift).normal(3 * y[:, None] + shift, 1, (40, 3)).astype(np.float32)
    return DomainArrays(Split(x[:30], y[:30]), Split(x[30:], y[30:]), ("near", "far"))
"""


@pytest.mark.slow
def test_domains_and_suites_of_a_plugin(call, site, tmp_path: Path) -> None:
    site.install("rays", {"rays": "rays_hooks"}, rays_hooks=PLUGIN, rays_data=RAYS)
    package = site.path / "rays_pack"
    write_pictures(package / "mine", {"north/far": 12, "north/near": 12, "south/far": 12, "south/near": 12})
    (package / "__init__.py").touch()
    (package / "rays.yaml").write_text(
        "backbone: identity\nreadout: linear_svm\nmethods: [coral]\npairs: [rays0:rays3]\nseeds: 0\n"
    )
    code, out, _ = call("data", "check", "rays")
    assert code == 0, out
    assert "rays3      30    10        2" in out
    code, out, _ = call("run", "rays", "--launcher", "inline")
    assert (code, "rays0 → rays3" in out, "0 failed" in out) == (0, True, True)
    # A suite of a package may bring pictures with it: they lie beside its file.
    (package / "rays.yaml").write_text(
        "domains: {images: mine, size: 8}\nbackbone: mini_cnn\nbudget: {steps: 2, batch: 4}\nmethods: []\n"
        "pairs: [north:south]\nseeds: 0\n"
    )
    code, out, _ = call("data", "check", "rays")
    assert (code, "north" in out) == (0, True)


@pytest.mark.slow
def test_a_large_picture_is_named(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    Image.fromarray(np.zeros((5000, 8000), np.uint8)).save(tmp_path / "pictures/photos/cat/huge.png")
    suite = write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}")
    code, out, _ = call("data", "check", "own.yaml")
    assert code == 1
    assert "photos/cat/huge.png: 40.0 megapixels, more than max_megapixels: 32" in out
    write_suite(suite, "{images: pictures, size: 8, max_megapixels: 40}")
    assert call("data", "check", "own.yaml")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "size", "words"),
    [
        ("mlp", 8, "mlp takes vectors (D,), not examples of the shape (3, 8, 8)"),
        ("identity", 8, "(3, 8, 8)"),
        ("ganin_mnist", 8, "images of the shape (3, 8, 8) are too small for this backbone"),
        ("{name: resnet18, options: {weights: nowhere.pth}}", 8, "there are no weights 'nowhere.pth' for resnet18"),
    ],
)
def test_a_network_that_does_not_take_the_data_is_a_problem(
    call, tmp_path: Path, backbone: str, size: int, words: str
) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    budget = {} if backbone != "identity" else {"budget": "null"}
    write_suite(tmp_path / "own.yaml", f"{{images: pictures, size: {size}}}", backbone=backbone, **budget)
    code, out, _ = call("data", "check", "own.yaml")
    assert code == 1
    assert words in re.sub(r"\s+", " ", out)
    assert out.endswith("\n1 problem: runs would fail\n")


@pytest.mark.slow
def test_every_backbone_of_a_suite_is_tried(call, tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", EVEN)
    methods = "[dann, {method: dann, as: flat, recipe: {backbone: mlp}}]"
    pairs = "[{pair: photos:sketches, backbone: sensor_cnn}, sketches:photos]"
    write_suite(tmp_path / "own.yaml", "{images: pictures, size: 8}", methods=methods, pairs=pairs)
    _, out, _ = call("data", "check", "own.yaml")
    text = re.sub(r"\s+", " ", out)
    assert "mlp takes vectors (D,)" in text
    assert "sensor_cnn takes windows (channels, time), not examples of the shape (3, 8, 8)" in text
    assert "2 problems" in text
