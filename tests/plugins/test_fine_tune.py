"""Fine-tuning and its anchored forms: what is trained in which stage, and what holds them back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from dabench_plugins.all import All
from dabench_plugins.fine_tune import FineTune, layers
from dabench_plugins.kl_anchor import KlAnchor
from dabench_plugins.l2_sp import L2Sp
from torch import Tensor
from torch.nn.functional import softmax

from dabench import Problem
from dabench.methods.problem import Labelled
from tests.support.small_runs import built, dim_and_noisy, logits_of, problem_of, stripes, trained

SOURCE_X, SOURCE_Y = stripes(90, 1)
STEPS = 20


@cache
def problem(shots: int = 4) -> Problem[Tensor, Tensor]:
    """Every class has so many labelled target examples."""
    x, y = stripes(60, 2)
    rows = torch.arange(3 * shots)
    unsupervised = problem_of(SOURCE_X, SOURCE_Y, dim_and_noisy(x, noise=10))
    return replace(unsupervised, track="few_shot", few_shot=Labelled(rows, y[rows]))


def after(cls: Any = FineTune, **options: Any) -> Any:
    return trained(cls, problem(), steps=STEPS, batch=16, **{"rate": 1.0, **options})


@cache
def before() -> dict[str, Tensor]:
    """The state after the stage of the source: half of the steps, at a rate that then does nothing."""
    return {name: tensor.detach().clone() for name, tensor in after(rate=1e-9).network.named_parameters()}


def moved(method: Any) -> dict[str, float]:
    start = before()
    return {name: float((p.detach() - start[name]).abs().max()) for name, p in method.network.named_parameters()}


def test_the_last_layer_alone_is_tuned_on_inputs_computed_once() -> None:
    method = after(layers="last")
    changed = {name for name, by in moved(method).items() if by > 1e-6}
    assert changed == {"output.weight", "output.bias"}
    inputs = method._inputs
    with torch.inference_mode():
        again = method.embed(problem().prepare(problem().labelled[0]))
    assert inputs.shape == (12, 32)
    assert torch.allclose(inputs, again, atol=1e-6)


def test_all_layers_are_tuned() -> None:
    assert min(moved(after()).values()) > 1e-6


def test_discriminative_rates_move_lower_layers_less() -> None:
    method = built(FineTune, problem(), rate=0.1, decay=2.6)
    method.enter(method.stages()[1])
    groups, rates = method.parameter_groups(), method.rates()
    assert [rates[name] for name in groups] == pytest.approx([0.1, 0.1 / 2.6, 0.1 / 2.6**2, 0.1 / 2.6**3])
    assert list(groups["layer 0"]) == list(method.network.output.parameters())
    lowest = list(groups["layer 3"])
    assert lowest[0] is method.network.trunk[0].weight
    assert len(lowest) == 4  # batch norm goes with its convolution
    slow, even = moved(after(decay=10.0)), moved(after())
    assert slow["trunk.0.weight"] < 0.1 * even["trunk.0.weight"]


def test_every_parameter_is_in_one_layer() -> None:
    method = built(FineTune, problem())
    found = [parameter for layer in layers(method.network) for parameter in layer]
    assert sorted(map(id, found)) == sorted(map(id, method.network.parameters()))


def test_the_anchor_is_the_source_network_and_holds_its_predictions() -> None:
    x = problem().labelled[0]
    free, held = after(KlAnchor, alpha=0.0), after(KlAnchor, alpha=1.0)
    for name, parameter in held.anchor.named_parameters():
        assert torch.equal(parameter, before()[name]), name
    source = softmax(logits_of(after(rate=1e-9), problem(), x), 1)
    gap = [float((softmax(logits_of(m, problem(), x), 1) - source).abs().mean()) for m in (free, held)]
    assert gap[1] < 0.5 * gap[0]


def test_without_an_anchor_it_is_fine_tuning() -> None:
    x = problem().labelled[0]
    same = logits_of(after(L2Sp, alpha=0.0), problem(), x)
    assert torch.equal(same, logits_of(after(), problem(), x))
    assert torch.allclose(logits_of(after(KlAnchor, alpha=0.0), problem(), x), same, atol=1e-3)


def test_a_stronger_pull_leaves_the_weights_nearer() -> None:
    free, pulled = (sum(moved(after(L2Sp, alpha=alpha)).values()) for alpha in (0.0, 100.0))
    assert pulled < 0.8 * free


def test_the_losses_of_the_union_weigh_every_example_alike() -> None:
    assert built(All, problem(shots=10)).share == pytest.approx(30 / (30 + 90))
