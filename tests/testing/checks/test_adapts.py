"""Gains as the kit demands them: a share of what is possible, paired by seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dabench.plugin.registry import load_registry
from dabench.testing.checks import adapts
from dabench.testing.checks.adapts import Standard, passes
from dabench.testing.failure import CheckFailedError, CheckSkippedError
from dabench.testing.subject import Subject, subjects
from dabench.testing.trial import Trained
from tests.support.sound_methods import Cmd, CmdOfTheHiddenLayer, MatchMeans, spec

BASE = (0.60, 0.64, 0.68)


@pytest.mark.parametrize(
    ("base", "got", "good"),
    [
        (BASE, BASE, False),
        (BASE, (0.65, 0.67, 0.70), True),  # a tenth of the .30 that are left, and no seed loses
        (BASE, (0.61, 0.65, 0.69), False),  # less
        (BASE, (0.58, 0.70, 0.74), False),  # more, but a seed loses
        (BASE, (0.58, 0.94, 0.94), True),  # as does one here, beside half of all that can be gained
        (BASE, (0.55, 0.55, 0.55), False),
        (BASE, (float("nan"),) * 3, False),
        ((0.99, 1.0, 0.99), (1.0, 1.0, 1.0), True),  # no bar lies above 1
        ((0.99, 1.0, 0.99), (0.99, 1.0, 0.99), False),
        ((0.95, 0.95, 0.95), (0.95, 0.95, 0.95), False),  # to have all already is no gain
        ((0.95, 0.95, 0.95), (0.96, 0.95, 0.95), True),  # better than target_only
    ],
)
def test_a_gain_is_a_share_of_the_room_that_is_left(
    base: tuple[float, ...], got: tuple[float, ...], good: bool
) -> None:
    top = 1.0 if base[1] == 1 else 0.94
    assert passes(Standard(np.array(base), top, "it has"), np.array(got), 0.1) is good


def test_whatever_is_without_the_target_target_only_would_pass() -> None:
    for base in np.linspace(0, 0.999, 50):
        assert passes(Standard(np.full(3, base), 1.0, "it has"), np.ones(3), 0.9)


@pytest.mark.slow
@pytest.mark.parametrize("method", [Cmd, CmdOfTheHiddenLayer])
@pytest.mark.parametrize("weight", [1, 0.3, 0.1, 0.03])
def test_central_moment_discrepancy_gains_at_weights_that_differ_thirty_fold(method: type, weight: float) -> None:
    (subject,) = subjects(spec(method, toy_options={"weight": weight}), load_registry())
    adapts.check_adapts(subject)


class PushesMomentsApart(Cmd):
    def discrepancy(self, source, target):
        return -super().discrepancy(source, target)


class MatchesNoMoment(Cmd):
    def discrepancy(self, source, target):
        return super().discrepancy(source.detach(), target.detach())


@pytest.mark.slow
@pytest.mark.parametrize("method", [PushesMomentsApart, MatchesNoMoment])
@pytest.mark.parametrize("weight", [1, 0.03])
def test_wrong_moments_do_not(method: type, weight: float) -> None:
    (subject,) = subjects(spec(method, toy_options={"weight": weight}), load_registry())
    with pytest.raises(CheckFailedError, match="on the target of the toy vectors: source_only has"):
        adapts.check_adapts(subject)


def _without_room(monkeypatch: pytest.MonkeyPatch, accuracy: float, scores: float) -> Subject:
    """A method that has .99 without the target, where target_only has 1."""
    (subject,) = subjects(spec(MatchMeans, without_target={"weight": 0}), load_registry())
    subject = replace(subject, toy=replace(subject.toy))
    adapts._BOUNDS[subject.toy] = np.full(3, 0.5), np.ones(3)

    def train(self: Subject, *, options: dict[str, float], **_: object) -> Trained:
        value, sure = (0.99, 1.0) if options.get("weight") == 0 else (accuracy, scores)
        return Trained(scores=np.full((2, 2), sure, np.float32), accuracy=value, test_x=None, predict=lambda *x: [])

    monkeypatch.setattr(Subject, "train", train)
    return subject


def test_where_nothing_is_left_to_gain_the_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckSkippedError, match=r"vectors leaves no room: .* it has 0.990, target_only 1.000"):
        adapts.check_adapts(_without_room(monkeypatch, 0.985, 2.0))


@pytest.mark.parametrize(("accuracy", "scores"), [(0.99, 1.0), (0.9, 2.0)])
def test_even_there_a_method_that_changes_nothing_or_loses_fails(
    monkeypatch: pytest.MonkeyPatch, accuracy: float, scores: float
) -> None:
    with pytest.raises(CheckFailedError, match=r"without the target \(options \{'weight': 0\}\) it has 0.990"):
        adapts.check_adapts(_without_room(monkeypatch, accuracy, scores))
