"""Fine-tuning and its anchored forms: what is trained in which stage, and what holds them back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from dabench_plugins.all import All
from dabench_plugins.fine_tune import FineTune
from dabench_plugins.kl_anchor import KlAnchor
from dabench_plugins.l2_sp import L2Sp
from dabench_plugins.layers import layers, named_layers
from dabench_plugins.target_k import TargetK
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    found = [p for layer in layers(method.network) for module in layer for p in module.parameters(recurse=False)]
    assert sorted(map(id, found)) == sorted(map(id, method.network.parameters()))


@pytest.mark.slow
def test_the_anchor_is_the_source_network_and_holds_its_predictions() -> None:
    x = problem().labelled[0]
    free, held = after(KlAnchor, alpha=0.0), after(KlAnchor, alpha=1.0)
    for name, parameter in held.anchor.named_parameters():
        assert torch.equal(parameter, before()[name]), name
    source = softmax(logits_of(after(rate=1e-9), problem(), x), 1)
    gap = [float((softmax(logits_of(m, problem(), x), 1) - source).abs().mean()) for m in (free, held)]
    assert gap[1] < 0.5 * gap[0]


@pytest.mark.slow
def test_without_an_anchor_it_is_fine_tuning() -> None:
    x = problem().labelled[0]
    same = logits_of(after(L2Sp, alpha=0.0), problem(), x)
    assert torch.equal(same, logits_of(after(), problem(), x))
    assert torch.allclose(logits_of(after(KlAnchor, alpha=0.0), problem(), x), same, atol=1e-3)


@pytest.mark.slow
def test_a_stronger_pull_leaves_the_weights_nearer() -> None:
    free, pulled = (sum(moved(after(L2Sp, alpha=alpha)).values()) for alpha in (0.0, 100.0))
    assert pulled < 0.8 * free


def test_the_losses_of_the_union_weigh_every_example_alike() -> None:
    assert built(All, problem(shots=10)).share == pytest.approx(30 / (30 + 90))


def test_what_lies_above_the_trunk_is_tuned_on_features_computed_once() -> None:
    method = after(layers="bottleneck")
    assert {name.split(".")[0] for name, by in moved(method).items() if by > 1e-6} == {"hidden", "output"}
    with torch.inference_mode():
        again = method.features(problem().prepare(problem().labelled[0]))
    assert torch.allclose(method._inputs, again, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "parts"), [("first:2", {"trunk"}), ("last:2", {"hidden", "output"})])
def test_some_layers_are_tuned_and_the_others_keep_weights_and_statistics(name: str, parts: set[str]) -> None:
    method = after(layers=name)
    assert {layer.split(".")[0] for layer, by in moved(method).items() if by > 1e-6} == parts
    running, start = method.network.trunk[1].running_mean, after(rate=1e-9, layers=name).network.trunk[1].running_mean
    assert torch.equal(running, start) == (name == "last:2")


def test_layers_that_are_not_copied_begin_with_the_random_weights_of_setup() -> None:
    method = after(copied="first:2", rate=1e-9)
    fresh, learned = dict(method.fresh.named_parameters()), before()
    for name, weight in method.network.named_parameters():
        expected = learned[name] if name.startswith("trunk") else fresh[name]
        assert torch.allclose(weight, expected, atol=1e-6), name


def test_one_more_layer_is_trained_in_each_stage_the_last_first() -> None:
    method = built(FineTune, problem(), unfreeze=True)
    stages = method.stages()
    assert [stage.name for stage in stages] == ["source", "target", "target 2", "target 3", "target 4"]
    assert sum(stage.share for stage in stages) == pytest.approx(1)
    trained = []
    for stage in stages[1:]:
        method.enter(stage)
        trained.append([len(list(group)) for group in method.parameter_groups().values()])
    assert trained == [[2], [2, 2], [2, 2, 4], [2, 2, 4, 4]]
    assert min(moved(after(unfreeze=True)).values()) > 1e-6


def test_a_stage_without_a_step_does_not_skip_the_beginning() -> None:
    """With three steps for four stages the first of them has none."""
    method = trained(FineTune, problem(), steps=6, batch=16, unfreeze=True, copied="last:1", rate=1e-9)
    assert torch.allclose(method.network.trunk[0].weight, method.fresh.trunk[0].weight, atol=1e-6)


@pytest.mark.parametrize("option", ["layers", "copied"])
def test_more_layers_than_there_are_is_one_sentence(option: str) -> None:
    with pytest.raises(ValueError, match="first:9 asks for 9 layers, and the network has 4: name fewer"):
        built(FineTune, problem(), **{option: "first:9"}).stages()
    assert len(named_layers(built(FineTune, problem()).network, "all")) == 6


@pytest.mark.slow
def test_the_counts_are_of_what_the_last_stage_trains() -> None:
    whole = after()
    size = sum(parameter.numel() for parameter in whole.network.parameters())
    assert whole.train().trained_parameters() == size
    assert whole.stored_parameters() == size + 2 * (8 + 16)  # and the statistics of two batch norms
    last = after(layers="last").train()
    assert last.trained_parameters() == last.stored_parameters() == 32 * 3 + 3


def test_from_scratch_it_sees_the_labelled_target_alone() -> None:
    other = replace(problem(), source_x=problem().source_x.flip(0))
    first, second = (trained(TargetK, given, steps=5, batch=16) for given in (problem(), other))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
