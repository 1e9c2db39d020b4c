"""`dabench plot features`: what it draws, from which runs, and what it says to bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dabench.cli.main import main
from dabench.errors import ResultsError
from dabench.leaderboard.plots.features import SOURCE, TARGET, Panel, draw, embed_in_plane, perplexity
from dabench.plugin.registry import Registry
from dabench.selection.outputs import Outputs

Plot = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plot(registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Plot:
    """Run the command on the toy suite, for a few steps; returns exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        usual = ["--steps", "4", "--device", "cpu", "--launcher", "inline"]
        usual += [] if "--suite" in arguments else ["--suite", "toy"]
        with pytest.raises(SystemExit) as stop:
            main(["plot", "features", *arguments, *usual, "--results", str(tmp_path / "results")])
        assert isinstance(stop.value.code, int)
        return stop.value.code, *capsys.readouterr()

    return call


def outputs_of(gap: float, rows: int = 20, seed: int = 0) -> Outputs:
    """Two clouds so far apart."""
    generator = np.random.Generator(np.random.PCG64(seed))
    source, target = generator.normal(size=(2, rows, 6)).astype(np.float32)
    logits = np.zeros((rows, 3), np.float32)
    return Outputs(logits, source, np.zeros(rows, np.int64), logits, target + np.float32(gap), source)


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


def apart(panel: Panel) -> bool:
    """Whether every point's nearest neighbour is of its own domain."""
    both = np.concatenate([panel.source, panel.target])
    distances = np.linalg.norm(both[:, None] - both[None], axis=2) + np.diag(np.full(len(both), np.inf))
    of_target = np.arange(len(both)) >= len(panel.source)
    return bool((of_target[distances.argmin(1)] == of_target).all())


@pytest.mark.slow
def test_domains_that_differ_lie_apart_and_others_mix() -> None:
    assert apart(embed_in_plane("far", outputs_of(30), 20, seed=0))
    assert not apart(embed_in_plane("near", outputs_of(0), 20, seed=0))


@pytest.mark.slow
def test_no_label_decides_and_the_seed_does() -> None:
    outputs = outputs_of(1)
    panel = embed_in_plane("x", outputs, 15, seed=0)
    assert panel.source.shape == panel.target.shape == (15, 2)
    again = embed_in_plane("x", replace(outputs, val_y=outputs.val_y + 2), 15, seed=0)
    np.testing.assert_array_equal(panel.source, again.source)
    np.testing.assert_array_equal(panel.target, again.target)


def test_few_examples_and_what_cannot_be_drawn() -> None:
    assert (perplexity(500), perplexity(5)) == (30, 3)
    with pytest.raises(ResultsError, match="too few to draw"):
        embed_in_plane("x", outputs_of(1, rows=1), 20, seed=0)
    broken = outputs_of(1)
    broken.target_embeddings[3] = np.nan
    with pytest.raises(ResultsError, match="not finite"):
        embed_in_plane("x", broken, 20, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_picture_is_the_same_file(form: str) -> None:
    panel = embed_in_plane("x", outputs_of(1), 20, seed=0)
    assert draw([panel], "below", form) == draw([panel], "below", form)


@pytest.mark.slow
def test_both_colours_and_the_caption_are_there() -> None:
    panel = embed_in_plane("my method", outputs_of(1), 20, seed=0)
    text = draw([panel, panel], "what it is", "svg").decode()
    assert text.count(SOURCE.lower()) > 20
    assert text.count(TARGET.lower()) > 20
    one, two = (pixels(draw([panel] * count, "", "png")).shape for count in (1, 2))
    assert (two[0], two[1]) == (one[0], 2 * one[1])


@pytest.mark.slow
def test_runs_are_made_once_and_pictures_stand_beside_their_records(plot: Plot, tmp_path: Path) -> None:
    file = tmp_path / "new/pictures.png"
    code, out, err = plot("toy_a:toy_b", "-o", str(file), "--beside-records")
    assert code == 0, err
    assert out.splitlines()[0] == str(file)
    pictures = sorted((tmp_path / "results").rglob("*.png"))
    assert sorted(out.splitlines()[1:]) == [str(path) for path in pictures]
    assert [path.parent.name for path in pictures] == ["dann", "source_only"]
    first = file.read_bytes()
    records = {path: path.stat().st_mtime_ns for path in (tmp_path / "results/runs").rglob("*.json")}
    assert {path.name.removesuffix(".json") for path in records} == {
        path.name.removesuffix(".features.png") for path in pictures
    }
    assert plot("toy_a:toy_b", "-o", str(file))[0] == 0
    assert {path: path.stat().st_mtime_ns for path in records} == records
    assert file.read_bytes() == first
    page = tmp_path / "page.html"
    with pytest.raises(SystemExit):
        main(["table", "toy", "--results", str(tmp_path / "results"), "--format", "html", "-o", str(page)])
    assert page.read_text().count("data:image/png;base64,") == 2


@pytest.mark.slow
def test_the_embedding_of_the_reported_checkpoint_is_drawn(plot: Plot, tmp_path: Path) -> None:
    plot("toy_a:toy_b", "--methods", "dann", "-o", str(tmp_path / "a.png"), "--set", "budget.checkpoints=2")
    (record,) = (json.loads(path.read_text()) for path in (tmp_path / "results/runs").rglob("*.json"))
    folder = tmp_path / "results/cache/outputs" / record["run_id"]
    (folder / "2.npz").write_bytes((folder / "4.npz").read_bytes())  # an earlier one plays no part
    before = (tmp_path / "a.png").read_bytes()
    plot("toy_a:toy_b", "--methods", "dann", "-o", str(tmp_path / "a.png"), "--set", "budget.checkpoints=2")
    assert (tmp_path / "a.png").read_bytes() == before


@pytest.mark.slow
def test_without_a_name_the_picture_is_named_after_the_pair(
    plot: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = plot("toy_a:toy_b", "--methods", "dann")
    assert (code, out) == (0, "toy_a-toy_b-features.png\n")
    assert (tmp_path / "toy_a-toy_b-features.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_rows_of_another_readout_have_no_picture_of_their_own(plot: Plot, tmp_path: Path) -> None:
    suite = tmp_path / "two.yaml"
    suite.write_text(
        "name: two\nbackbone: toy_net\nbudget: {steps: 4, batch: 16}\npairs: [toy_a:toy_b]\n"
        "methods: [{method: source_only, as: svm, recipe: {readout: linear_svm}}, dann,"
        " {method: dann, as: svm, recipe: {readout: linear_svm}}]\n"
    )
    plot("toy_a:toy_b", "--suite", str(suite), "-o", str(tmp_path / "x.png"))
    drawn = [json.loads(path.read_text()) for path in (tmp_path / "results/runs").rglob("*.json")]
    assert {(record["method"], record["variant"]) for record in drawn} == {
        ("source_only", ""),
        ("dann", ""),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["toy_a:toy_b", "-o", "x.jpg"], ["x.jpg", ".png, .svg, .pdf"]),
        (["toy_a:toy_c", "-o", "x.png"], ["toy_c", "toy_a:toy_b"]),
        (["toy_a:toy_b", "-o", "x.png", "--methods", "dan"], ["unknown method 'dan'", "'dann'"]),
        (["toy_a:toy_b", "-o", "x.png", "--methods", "coral"], ["coral trains no network"]),
    ],
)
def test_bad_arguments_are_usage_errors(plot: Plot, tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    code, out, err = plot(*arguments)
    assert (code, out) == (2, "")
    for word in words:
        assert word in err
    assert not (tmp_path / "results").exists()


def test_a_batch_that_is_too_small_is_refused_before_the_run(plot: Plot, tmp_path: Path) -> None:
    code, out, err = plot("toy_a:toy_b", "-o", str(tmp_path / "x.png"), "--methods", "mmd", "--set", "budget.batch=1")
    assert (code, out) == (2, "")
    assert "mmd compares the examples of a batch with each other: it needs batches of 2 or more" in err
    assert not (tmp_path / "x.png").exists()
