"""No selector prefers a dead checkpoint to a live one: of constant embeddings, of one class, of NaNs, and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dabench.plugin.registry import load_registry
from dabench.runs.record import Checkpoint
from dabench.selection.outputs import Outputs, OutputWriter
from dabench.selection.rule import COLLAPSED, ByScore, Candidate, ask_all
from dabench.specs.spec import SelectorSpec

SPECS = {name: found.spec for name, found in load_registry().all(SelectorSpec).items()}
BY_OUTPUTS = sorted(name for name, spec in SPECS.items() if spec.needs_outputs)
NONE = np.zeros(0, np.int64)
WIDTH, VAL, TARGET, SOURCE = 16, 300, 500, 600


def random() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(0))


@cache
def live(classes: int = 10, accuracy: float = 0.8, sharpness: float = 3.0) -> Outputs:
    """A checkpoint that is right about so much of the target and of source_val, and sure of it to some degree."""
    generator = random()
    centres = 3 * generator.normal(size=(classes, WIDTH))

    def split(rows: int, shift: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        y = generator.permutation(np.arange(rows) % classes)
        said = np.where(generator.random(rows) < accuracy, y, generator.integers(0, classes, rows))
        logits = sharpness * np.eye(classes)[said] + generator.normal(scale=0.5, size=(rows, classes))
        embeddings = centres[said] + generator.normal(size=(rows, WIDTH)) + shift
        return logits.astype(np.float32), embeddings.astype(np.float32), y

    (val, target, source) = (split(rows, shift) for rows, shift in ((VAL, 0.0), (TARGET, 0.2), (SOURCE, 0.0)))
    return Outputs(val[0], val[1], val[2], target[0], target[1], source[1])


def constant(of: Outputs, logits: list[float]) -> Outputs:
    """All examples have the same embedding and the same scores."""
    said = np.asarray(logits, np.float32)
    return replace(
        of,
        val_logits=np.tile(said, (VAL, 1)),
        target_logits=np.tile(said, (TARGET, 1)),
        val_embeddings=np.ones((VAL, WIDTH), np.float32),
        target_embeddings=np.ones((TARGET, WIDTH), np.float32),
        source_embeddings=np.ones((SOURCE, WIDTH), np.float32),
    )


def unsure(of: Outputs) -> Outputs:
    return constant(of, list(np.linspace(0.5, 0, of.classes)))


def certain(of: Outputs) -> Outputs:
    return constant(of, [100.0] + [0.0] * (of.classes - 1))


def uniform(of: Outputs) -> Outputs:
    return constant(of, [0.0] * of.classes)


def one_class(of: Outputs) -> Outputs:
    """The embeddings are as before."""
    dead = certain(of)
    return replace(of, val_logits=dead.val_logits, target_logits=dead.target_logits)


def nearly_one_class(of: Outputs) -> Outputs:
    """All but 4 % are class 0."""
    rare = 100 * np.eye(of.classes, dtype=np.float32)[np.where(np.arange(TARGET) % 25, 0, 1)]
    return replace(one_class(of), target_logits=rare)


def two_classes(of: Outputs) -> Outputs:
    """Two clusters, each of them one class with certainty."""
    generator = random()

    def split(rows: int) -> tuple[np.ndarray, np.ndarray]:
        said = np.arange(rows) % 2
        embeddings = 50 * np.eye(2, WIDTH)[said] + generator.normal(scale=0.1, size=(rows, WIDTH))
        return 100 * np.eye(of.classes, dtype=np.float32)[said], embeddings.astype(np.float32)

    (val, val_x), (target, target_x), (_, source_x) = split(VAL), split(TARGET), split(SOURCE)
    return Outputs(val, val_x, of.val_y, target, target_x, source_x)


def two_places(of: Outputs) -> Outputs:
    """The same without noise."""
    dead = two_classes(of)
    arrays = {name: np.round(getattr(dead, name), -1) for name in vars(dead) if name.endswith("embeddings")}
    return replace(dead, **arrays)


def nan(of: Outputs) -> Outputs:
    names = ("val_logits", "target_logits", "val_embeddings", "target_embeddings", "source_embeddings")
    return replace(of, **{name: np.full_like(getattr(of, name), np.nan) for name in names})


DEAD = [unsure, certain, uniform, one_class, nearly_one_class, two_classes, two_places, nan]


@cache
def dead(kind: Callable[[Outputs], Outputs], sharpness: float = 3.0) -> Outputs:
    """The remains of the live one: made once, since importance weights take a while."""
    return kind(live(sharpness=sharpness))


def rule(name: str) -> ByScore:
    found = SPECS[name].load()
    assert isinstance(found, ByScore)
    return found


def candidates(*outputs: Outputs) -> list[Candidate]:
    return [Candidate(step, {}, read=lambda of=of: of) for step, of in enumerate(outputs)]  # type: ignore[misc]


@pytest.mark.parametrize("kind", DEAD)
@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_a_live_checkpoint_is_picked_over_a_dead_one(name: str, kind: Callable[[Outputs], Outputs]) -> None:
    assert rule(name)(candidates(live(), dead(kind))) == 0
    assert rule(name)(candidates(dead(kind), live())) == 1


@pytest.mark.parametrize("name", BY_OUTPUTS)
def test_also_one_that_is_hardly_sure_of_anything(name: str) -> None:
    of = live(sharpness=1.5)
    for kind in DEAD:
        assert rule(name)(candidates(dead(kind, 1.5), of, dead(kind, 1.5))) == 1, kind.__name__


@pytest.mark.parametrize("kind", DEAD)
def test_only_the_documented_rules_give_a_dead_checkpoint_the_higher_score(
    kind: Callable[[Outputs], Outputs],
) -> None:
    """By their formulas: see docs/explanation/selectors.md."""
    alive, lost = candidates(live(), dead(kind))
    higher = {name for name in BY_OUTPUTS if rule(name).score(lost) > rule(name).score(alive)}
    documented = {unsure: {"snd"}, uniform: {"snd"}, nan: set()}
    assert higher == documented.get(kind, {"entropy", "snd"})


def test_class_ami_of_a_dead_network_is_0() -> None:
    alive, *lost = (rule("class_ami").score(item) for item in candidates(live(), *map(dead, DEAD[:4])))
    assert alive > 0.7
    assert lost == pytest.approx([0] * 4, abs=1e-9)


def test_predictions_that_differ_by_noise_alone_are_preferred_by_snd() -> None:
    """They are of all classes, so they do not count as collapsed. docs/explanation/selectors.md says so."""
    of = live()
    noise = random().normal(scale=1e-3, size=of.target_logits.shape).astype(np.float32)
    hardly = replace(uniform(of), target_logits=noise)
    assert not hardly.collapsed
    assert {name for name in BY_OUTPUTS if rule(name)(candidates(of, hardly)) == 1} == {"snd"}


def test_collapsed_is_at_most_half_of_the_classes_that_source_val_has() -> None:
    def predicting(*counts: int, of: Outputs) -> Outputs:
        said = np.repeat(np.arange(len(counts)), counts)
        return replace(of, target_logits=np.eye(of.classes, dtype=np.float32)[said])

    ten = live()
    assert not ten.collapsed
    assert predicting(20, 20, 20, 20, 20, of=ten).collapsed
    assert not predicting(20, 20, 20, 20, 15, 5 + 1, of=ten).collapsed
    assert predicting(20, 20, 20, 20, 15, 5, of=ten).collapsed  # the sixth class is 5 % of the predictions
    three = live(classes=3)
    assert predicting(95, 5, of=three).collapsed
    assert not predicting(94, 6, of=three).collapsed
    two = live(classes=2)
    assert predicting(95, 5, of=two).collapsed
    assert not predicting(94, 6, of=two).collapsed


def test_what_is_expected_comes_from_source_val_and_without_it_from_the_classes() -> None:
    of = replace(live(), target_logits=np.eye(10, dtype=np.float32)[np.arange(TARGET) % 4])
    assert of.collapsed
    assert not replace(of, val_y=np.arange(VAL) % 7).collapsed
    assert not replace(of, val_y=np.where(np.arange(VAL) % 50, np.arange(VAL) % 7, 9)).collapsed  # 2 % do not count
    assert replace(of, val_y=NONE).collapsed
    assert not replace(live(), val_y=NONE).collapsed


def test_among_dead_ones_alone_the_highest_score_decides() -> None:
    of = live()
    assert rule("entropy")(candidates(certain(of), uniform(of))) == 0
    assert rule("entropy")(candidates(nan(of), uniform(of), nan(of))) == 1
    live_without_a_score = replace(of, val_logits=of.val_logits[:0], val_embeddings=of.val_embeddings[:0], val_y=NONE)
    assert rule("iwcv")(candidates(live_without_a_score, certain(of))) == 1


def test_which_checkpoints_are_dead_is_noted_beside_their_scores(tmp_path: Path) -> None:
    of = live()
    writer = OutputWriter(folder=tmp_path, rows=1000, checkpoints=2, seed=0)
    for step, item in ((1, of), (2, certain(of))):

        def embed(x: np.ndarray, item: Outputs = item) -> np.ndarray:
            return item.target_embeddings[x]

        def score(x: np.ndarray, item: Outputs = item) -> np.ndarray:
            return item.target_logits[x]

        rows = np.arange(VAL)
        writer.write(
            step,
            val=(rows, item.val_logits, item.val_y),
            source_x=rows,
            target_x=np.arange(TARGET),
            score=score,
            embed=embed,
        )
    points = [Checkpoint(step=step, losses={}, scores={}, target_accuracy=0.8 / step) for step in (1, 2)]
    scored, selections = ask_all([SPECS["entropy"]], points, tmp_path)
    assert [point.scores[COLLAPSED] for point in scored] == [0, 1]
    assert scored[1].scores["entropy"] == pytest.approx(0)
    assert scored[0].scores["entropy"] < -0.1
    assert selections["entropy"].step == 1


def test_source_val_has_no_score_for_a_network_of_nans() -> None:
    """Its predictions count as class 0, which may be most of source_val."""
    from dabench.execution.pair_data import Measured

    measured = Measured.__new__(Measured)
    measured.val_y = np.zeros(10, np.int64)
    assert measured.val_scores(np.full((10, 3), np.nan, np.float32)) == {}
    assert measured.val_scores(np.eye(3, dtype=np.float32)[np.zeros(10, int)]) == {"source_val_accuracy": 1.0}
    known = np.tile(np.float32([0, -np.inf, 1]), (10, 1))  # a readout that has not seen the second class
    assert measured.val_scores(known) == {"source_val_accuracy": 0.0}
    source_val = SPECS["source_val"].load()
    assert source_val([Candidate(1, {"source_val_accuracy": 0.8}), Candidate(2, {})]) == 0


def test_every_label_free_selector_is_looked_at_here() -> None:
    """`last_step` prefers nothing; `source_val` is the accuracy on source_val."""
    rules: dict[str, SelectorSpec] = {name: spec for name, spec in SPECS.items() if not spec.uses_target_labels}
    assert set(rules) == {*BY_OUTPUTS, "last_step", "source_val"}
    assert math.isnan(rule("source_val").score(Candidate(1, {})))
