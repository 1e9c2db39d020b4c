"""The suite's optimisers: torch's own to the bit, without its compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.execution.optimisers import Sgd, optimiser
from dabench.execution.training import TrainingRecipe, _set_rate

TORCHS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}

LIKE_A_RUN = """
import sys
import torch
from dabench.config.settings import Optimiser
from dabench.execution.optimisers import optimiser
from dabench.seeding import reproducible

with reproducible():
    for name in ("sgd", "adam", "adamw"):
        layer = torch.nn.Linear(3, 2)
        chosen = optimiser(Optimiser(name=name), layer.parameters(), {})
        chosen.zero_grad()
        layer(torch.ones(4, 3)).sum().backward()
        chosen.step()
        chosen.load_state_dict(chosen.state_dict())
print(*sorted({"torch._dynamo", "torch._inductor"} & sys.modules.keys()))
"""


def _trained(choose: type[torch.optim.Optimizer] | None, name: str) -> list[torch.Tensor]:
    torch.manual_seed(0)
    layer = nn.Linear(5, 3)
    settings = Optimiser(name=name, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)  # type: ignore[arg-type]
    if choose is None:
        chosen = optimiser(settings, layer.parameters(), {})
    elif name == "sgd":
        chosen = torch.optim.SGD(layer.parameters(), 0.1, 0.9, weight_decay=0.01, nesterov=True, fused=True)
    else:
        chosen = choose(layer.parameters(), lr=0.1, weight_decay=0.01, fused=True)  # type: ignore[call-arg]
    for _ in range(5):
        chosen.zero_grad()
        layer(torch.randn(7, 5)).square().sum().backward()  # type: ignore[no-untyped-call]
        chosen.step()
    return [parameter.detach() for parameter in layer.parameters()]


@pytest.mark.parametrize("name", TORCHS)
def test_they_are_torchs_to_the_bit(name: str) -> None:
    for ours, theirs in zip(_trained(None, name), _trained(TORCHS[name], name), strict=True):
        assert torch.equal(ours, theirs)


def _two_layers(choose: type[torch.optim.Optimizer], grown: int) -> list[torch.Tensor]:
    """Weights of two layers, of which the second gets gradients from a step on."""
    torch.manual_seed(0)
    layers = nn.ModuleList([nn.Linear(5, 3), nn.Linear(5, 3)])
    chosen = choose(layers.parameters(), lr=0.1, momentum=0.0, fused=True)  # type: ignore[call-arg]
    for step in range(4):
        chosen.zero_grad()
        x = torch.randn(7, 5)
        sum(layer(x).square().sum() for layer in layers[: 1 + (step >= grown)]).backward()
        chosen.step()
    return [parameter.detach() for parameter in layers.parameters()]


def test_weights_without_a_gradient_stay_as_they_are() -> None:
    for grown in (2, 9):
        for ours, theirs in zip(_two_layers(Sgd, grown), _two_layers(torch.optim.SGD, grown), strict=True):
            assert torch.equal(ours, theirs)


def test_gradients_are_forgotten_or_filled_with_zeros() -> None:
    layer = nn.Linear(2, 2)
    chosen = optimiser(Optimiser(), layer.parameters(), {})
    layer(torch.ones(1, 2)).sum().backward()
    chosen.zero_grad(set_to_none=False)
    assert [parameter.grad.count_nonzero() for parameter in layer.parameters() if parameter.grad is not None] == [0, 0]
    chosen.zero_grad()
    assert [parameter.grad for parameter in layer.parameters()] == [None, None]


def test_some_parameters_learn_slower() -> None:
    layer = nn.Linear(2, 2)
    before = [parameter.clone() for parameter in layer.parameters()]
    chosen = optimiser(Optimiser(lr=1.0, momentum=0), layer.parameters(), {layer.bias: 0.25})
    assert [group["factor"] for group in chosen.param_groups] == [1.0, 0.25]
    _set_rate({"main": chosen}, {}, TrainingRecipe(Optimiser(lr=1.0), Schedule(), Budget(steps=1, batch=1)), 0.0)
    sum(parameter.sum() for parameter in layer.parameters()).backward()
    chosen.step()
    for old, new, step in zip(before, layer.parameters(), (1.0, 0.25), strict=True):
        torch.testing.assert_close(old - new, torch.full_like(old, step))


@pytest.mark.slow
def test_a_training_does_not_import_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", LIKE_A_RUN], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
