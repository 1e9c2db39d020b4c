"""Every method that ships keeps the contract, and so do sound methods of every shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dabench.plugins import load_registry
from dabench.testing import conformance_checks
from dabench.testing.checks import CHECKS, adapts, device
from dabench.testing.failure import CheckFailedError
from dabench.testing.run import verdicts
from dabench.testing.subject import subjects
from tests.testing.clean import CLEAN, FOR_IMAGES, MatchMeans, spec

BUILT_IN = [name for name, found in load_registry().all("methods").items() if found.origin.distribution == "dabench"]


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


class OnTheCpu(MatchMeans):
    def gap(self, source, target):
        import torch

        return super().gap(source, target) * torch.rand(1, device="cpu")


@pytest.mark.gpu
def test_the_gpu_check_catches_a_tensor_on_the_cpu() -> None:
    (subject,) = subjects(spec(OnTheCpu), load_registry())
    with pytest.raises(CheckFailedError, match="RuntimeError"):
        device.check_gpu(subject)
