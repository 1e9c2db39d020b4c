"""Every method that ships keeps the contract, and so do sound methods of every shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dabench.config.options import validated
from dabench.errors import PluginError, UsageError
from dabench.plugin.registry import load_registry
from dabench.specs.spec import MethodSpec
from dabench.testing import conformance_checks
from dabench.testing.checks import CHECKS, adapts, checks_for, device
from dabench.testing.failure import CheckFailedError
from dabench.testing.run import verdicts
from dabench.testing.subject import subjects
from tests.support.sound_methods import CLEAN, FOR_IMAGES, MatchMeans, spec

BUILT_IN = [name for name, found in load_registry().all(MethodSpec).items() if found.origin.distribution == "dabench"]


@conformance_checks(*BUILT_IN)
def test_methods_that_ship(check: Callable[[], None]) -> None:
    check()


@conformance_checks(*CLEAN)
def test_sound_methods(check: Callable[[], None]) -> None:
    check()


@pytest.mark.parametrize("method", FOR_IMAGES, ids=lambda method: method.name)
def test_the_toy_of_images_suits_consistency_and_batch_norm(method) -> None:
    (subject,) = subjects(method, load_registry())
    adapts.check_adapts(subject)


class Crashes(MatchMeans):
    def losses(self, batch):
        raise RuntimeError("out of order")


def test_no_declaration_excuses_a_crash() -> None:
    (subject,) = subjects(spec(Crashes, expected_failures={"adapts": "it is slow"}), load_registry())
    (verdict,) = verdicts(subject, [check for check in CHECKS if check.name == "adapts"])
    assert (verdict.state, verdict.good) == ("failed", False)
    assert "RuntimeError: out of order" in verdict.text


class NormalisesWithTheBatch(MatchMeans):
    """Leaves evaluation mode: batch norm cannot take one example."""

    def predict(self, x):
        self.train()
        return super().predict(x)


def test_an_error_in_predict_is_a_failure_of_the_check_that_predicts() -> None:
    (subject,) = subjects(spec(NormalisesWithTheBatch), load_registry())
    (verdict,) = verdicts(subject, [check for check in CHECKS if check.name == "batch_mates"])
    assert verdict.state == "failed"
    assert "a method that works with predictions of one example" in verdict.text
    assert "more than 1 value per channel" in verdict.text


def test_a_crash_is_told_once() -> None:
    (subject,) = subjects(spec(Crashes), load_registry())
    first, second = verdicts(subject, [check for check in CHECKS if check.name in ("contract", "wall")])
    assert "\nfix " in first.text
    assert second.text == "it raises as in contract: RuntimeError: out of order"
    assert (first.state, second.state) == ("failed", "failed")


@pytest.mark.parametrize(
    ("losses", "says"),
    [
        (lambda method, batch: method.features(batch.source_x).sum(), "not Tensor"),
        (lambda method, batch: {}, "not dict"),
        (lambda method, batch: {"all": method.features(batch.source_x)}, r"all is a tensor of shape \(16, "),
        (lambda method, batch: {"none": None}, "none is NoneType"),
    ],
)
def test_losses_of_another_kind_are_named(losses: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crashes, "losses", losses)
    (subject,) = subjects(spec(Crashes), load_registry())
    with pytest.raises(CheckFailedError, match=rf"must return \{{name: scalar tensor\}}.*{says}"):
        CHECKS[0].function(subject)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"expected_failures": {"wall": "it is only a little"}}, "no reason excuses"),
        ({"expected_failures": {"adapts": " "}}, "give the reason why adapts fails"),
    ],
)
def test_what_no_spec_may_declare(fields: dict[str, Any], says: str) -> None:
    (subject,) = subjects(spec(MatchMeans, **fields), load_registry())
    with pytest.raises(UsageError, match=says):
        checks_for(subject)


def test_an_unknown_toy_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no toy 'films' for the method matchmeans, but .*images, .*vectors"):
        subjects(spec(MatchMeans, toy="films"), load_registry())


class PlainOptions(MatchMeans):
    class Options:
        weight = 0.1


def test_options_of_another_kind_are_refused() -> None:
    with pytest.raises(PluginError, match=r"PlainOptions.Options must derive from the Options of its base class"):
        validated(PlainOptions, {}, "plain")


class OnTheCpu(MatchMeans):
    def gap(self, source, target):
        import torch

        return super().gap(source, target) * torch.rand(1, device="cpu")


@pytest.mark.gpu
def test_the_gpu_check_catches_a_tensor_on_the_cpu() -> None:
    (subject,) = subjects(spec(OnTheCpu), load_registry())
    with pytest.raises(CheckFailedError, match="RuntimeError"):
        device.check_gpu(subject)
