"""`dabench.run`, `dabench.load` and what they return: as the command line has it."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from torch.nn.functional import cross_entropy

import dabench
from dabench.errors import ResultsError, UsageError
from dabench.plugin.registry import Registry


class Mine(dabench.DeepMethod):
    """A method of a test."""

    def losses(self, batch: Any) -> dict[str, Any]:
        return {"class": cross_entropy(self.predict(batch.source_x), batch.source_y)}


class Broken(dabench.DeepMethod):
    def losses(self, batch: Any) -> dict[str, Any]:
        raise RuntimeError("no loss today")


class Coral(dabench.DeepMethod):
    """Called like a method that ships."""


QUICK: dict[str, Any] = {"seeds": range(2), "steps": 4, "launcher": "inline", "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def toy(module_registry: Registry, folder: Path) -> dabench.Results:
    return dabench.run("toy", methods=["deep_coral", Mine, Broken], pairs=["toy_a:toy_b"], results=folder, **QUICK)


@pytest.mark.slow
def test_a_run_is_a_row(toy: dabench.Results) -> None:
    frame = toy.frame()
    assert (len(toy), len(frame), set(frame["pair"])) == (10, 10, {"toy_a:toy_b"})
    assert set(frame["method"]) == {"source_only", "deep_coral", "mine", "broken", "target_only"}
    failed = frame[frame["status"] == "failed"]
    assert set(failed["method"]) == {"broken"}
    assert failed["error"].str.contains("no loss today").all()
    assert repr(toy).startswith("<Results of toy: 10 runs, 2 failed, in ")
    frame.loc[0, "method"] = "changed"
    assert "changed" not in set(toy.frame()["method"])


def test_a_class_is_a_method_by_its_definition(toy: dabench.Results) -> None:
    mine = toy.frame().set_index("method").loc["mine"]
    assert set(mine["plugin_distribution"]) == {"class Mine"}
    assert set(mine["plugin_version"]) == {"class"}
    assert mine["plugin_source_sha256"].nunique() == 1


def test_the_leaderboard_is_that_of_the_command_line(toy: dabench.Results, folder: Path, dabench_here) -> None:
    done = dabench_here("table", "toy", "--results", str(folder))
    text = str(toy.table())
    rows = [line for line in text.splitlines() if line.startswith(" ")]
    assert len(rows) > 5
    assert sorted(line for line in done.stdout.splitlines() if line.startswith(" ")) == sorted(rows)  # in its own order
    assert repr(toy.table()) == text
    assert [table.suite for table in toy.table()] == ["toy"] * len(toy.table())


def test_a_notebook_gets_html_that_no_name_can_break_out_of(toy: dabench.Results) -> None:
    html = toy.table()._repr_html_()
    assert html.count("<table>") == html.count("</table>") == 1
    assert ">mine<" in html
    assert "<script" not in html


def test_rich_prints_it_in_colour(toy: dabench.Results) -> None:
    console = Console(file=StringIO(), force_terminal=True, width=100)
    console.print(toy.table())
    assert "\x1b[" in console.file.getvalue()
    assert "Deep CORAL" in console.file.getvalue()


def test_gap_and_comparison_are_frames(toy: dabench.Results) -> None:
    gap = toy.gap().set_index("method")
    assert list(gap.columns) == ["suite", "pair", "shots", "gap", "low", "high", "n", "why"]
    assert gap.loc["broken", "why"] == "no runs"
    (row,) = toy.compare("mine", "source-only").to_dict("records")
    assert (row["difference"], row["p"], row["verdict"], row["other"]) == (0, 1, "even", "source only")
    assert toy.compare("mine", "broken").empty
    with pytest.raises(UsageError, match=r"unknown method in these results 'mina'\. Did you mean 'mine'"):
        toy.compare("mine", "mina")


@pytest.mark.slow
def test_a_picture_can_be_looked_at(toy: dabench.Results) -> None:
    figure = toy.plot()
    (axes,) = figure.axes if hasattr(figure, "axes") else ()
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels[0].startswith("source only")
    with Image.open(BytesIO(figure._repr_png_())) as image:
        assert image.width > 300


@pytest.mark.slow
def test_runs_that_are_there_are_not_made_again(toy: dabench.Results, folder: Path, capsys) -> None:
    again = dabench.run("toy", methods=[Mine], pairs=["toy_a:toy_b"], results=folder, **QUICK)
    assert "6 runs, 6 of them done before" in capsys.readouterr().err
    assert set(again.frame()["run_id"]) < set(toy.frame()["run_id"])


@pytest.mark.slow
def test_what_was_run_is_loaded(toy: dabench.Results, folder: Path, tmp_path: Path) -> None:
    loaded = dabench.load(folder)
    assert set(loaded.frame()["run_id"]) == set(toy.frame()["run_id"])
    assert dabench.load(folder, "toy").compare("mine", "deep_coral").equals(toy.compare("mine", "deep_coral"))
    with pytest.raises(ResultsError, match="there is no results folder"):
        dabench.load(tmp_path / "nowhere")


@pytest.mark.slow
def test_a_published_file_is_loaded() -> None:
    published = dabench.load(Path(__file__).parents[2] / "results/mini.csv")
    assert "DANN" in str(published.table())
    (first, second) = published.compare("dann", "coral").to_dict("records")
    assert {first["pair"], second["pair"]} == {"digits:digits_m", "glyphs:digits"}
    assert len(published.plot().axes) == 2


@pytest.mark.slow
def test_a_damaged_row_is_a_warning_and_the_others_count(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "results/mini.csv").read_text().splitlines()
    (tmp_path / "mini.csv").write_text("\n".join([*text[:-1], text[-1].replace(",ok,", ",fine,")]) + "\n")
    with pytest.warns(UserWarning, match="not counted"):
        loaded = dabench.load(tmp_path)
    assert len(loaded) == len(text) - 2


@pytest.mark.parametrize(
    ("methods", "match"),
    [
        ([int], "<class 'int'> is no method"),
        ([3], "3 is no method"),
        ([dabench.DeepMethod], "the base of methods"),
        (["dannn"], "unknown method 'dannn'. Did you mean 'dann'"),
        ([Coral], "is called 'coral', and so is a method of the plugin"),
        ([Mine, type("Mine", (Mine,), {})], "two classes are both called 'mine'"),
        (4.5, "methods: a list is needed, not 4.5"),
    ],
    ids=str,
)
def test_a_class_that_is_no_method_is_refused(methods: Any, match: str, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=match):
        dabench.run("toy", methods=methods, results=tmp_path, **QUICK)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"worker": 2}, TypeError, "unknown argument of dabench.run 'worker'. Did you mean 'workers'"),
        ({"workers": 0}, UsageError, "workers is a number above 0"),
        ({"timeout": "1 h"}, UsageError, "timeout is a number above 0"),
        ({"device": "tpu"}, UsageError, "device is auto, cpu or cuda"),
        ({"seeds": [0, 0]}, UsageError, "seeds: seed 0 is named twice"),
        ({"seeds": [0.5]}, UsageError, "seeds: seeds '0.5' are not of the form"),
        ({"settings": {"dann": 1}}, UsageError, "'dann' is not of the form"),
        ({"settings": {"dann.wieght": 1}}, UsageError, "wieght"),
        ({"pairs": ["toy_a"]}, UsageError, "--pairs: pair 'toy_a'"),
        ({"shots": [1]}, UsageError, "shots are of the tracks"),
    ],
    ids=str,
)
def test_a_wrong_argument_is_named(arguments: Any, error: type, match: str, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(error, match=match):
        dabench.run("toy", methods=["dann"], results=tmp_path, **{**QUICK, **arguments})


@pytest.mark.slow
def test_a_method_that_is_installed_is_that_method(registry: Registry, tmp_path: Path) -> None:
    from dabench_plugins.coral import Coral as Shipped

    made = dabench.run(vectors(), methods=[Shipped], results=tmp_path, **{**QUICK, "seeds": 0})
    named = dabench.run(vectors(), methods=["coral"], results=tmp_path, **{**QUICK, "seeds": 0})
    assert set(made.frame()["run_id"]) == set(named.frame()["run_id"])


def vectors() -> dabench.Pair:
    y = np.arange(60) % 2
    x = np.random.default_rng(0).normal(size=(60, 4)) + y[:, None]
    return dabench.pair(source=(x, y), target=(x + 0.5, y), name="mine:yours")


@pytest.mark.slow
def test_arrays_are_a_pair_of_their_own_or_of_a_suite(registry: Registry, tmp_path: Path) -> None:
    own = dabench.run(vectors(), methods=["coral"], results=tmp_path, **QUICK)
    assert set(own.frame()["pair"]) == {"mine:yours"}
    assert set(own.frame()["suite"]) == {"arrays"}
    assert set(own.frame()["status"]) <= {"ok", "collapsed"}
    y = [0, 1] * 2
    zeros, ones = (np.zeros((4, 2)), y), (np.ones((4, 2)), y)
    first, other = dabench.pair(source=zeros, target=ones), dabench.pair(source=ones, target=ones)
    with pytest.raises(UsageError, match="rename one of them"):
        dabench.run(first, pairs=[other], results=tmp_path, **QUICK)
    taken = dabench.pair(source=zeros, target=ones, name="digits:other")
    with pytest.raises(UsageError, match="'digits' is a domain of the plugin"):
        dabench.run(taken, results=tmp_path, **QUICK)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("x", "backbone"),
    [
        (np.random.default_rng(0).normal(size=(40, 2, 24)), "sensor_cnn"),
        (np.random.default_rng(0).integers(0, 255, (40, 12, 12), dtype=np.uint8), "mini_cnn"),
    ],
    ids=["windows", "images"],
)
def test_every_kind_of_arrays_has_a_network(x: Any, backbone: str, registry: Registry, tmp_path: Path) -> None:
    y = np.arange(40) % 2
    pair = dabench.pair(source=(x, y), target=(x, y))
    frame = dabench.run(pair, methods=["dann"], results=tmp_path, **{**QUICK, "seeds": 0}).frame()
    assert set(frame["backbone"]) == {backbone}
    assert not (frame["status"] == "failed").any()


@pytest.mark.slow
def test_an_interrupt_says_what_is_left(registry: Registry, tmp_path: Path, monkeypatch) -> None:
    def interrupted(*arguments: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("dabench.runner.runner.carry_out", interrupted)
    with pytest.raises(KeyboardInterrupt) as raised:
        dabench.run("toy", methods=["dann"], results=tmp_path, **QUICK)
    assert "runs are left" in raised.value.__notes__[0]


def test_the_public_names() -> None:
    assert dabench.__all__ == [
        *("AskSpec", "Averaged", "AveragedMethod", "Backbone", "BackboneSpec", "Batch"),
        *("CheckFormatSpec", "ClusterLauncher", "DeepMethod", "DomainArrays", "DomainSpec", "FeatureMethod"),
        *("FormatSpec", "Launcher", "LauncherSpec", "Leaderboard", "MethodSpec", "ObserverSpec"),
        *("Pair", "Pool", "Problem", "Range", "Results", "SelectorSpec"),
        *("Split", "Stage", "SuiteSpec", "TrainedModel", "View", "WaitingJobs"),
        *("hookimpl", "load", "pair", "run", "top"),
    ]
