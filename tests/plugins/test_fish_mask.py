"""The FISH mask: Fisher information by hand, the size of the mask, and weights that nothing moves."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from dabench_plugins.fish_mask import FishMask, fisher, largest
from torch.nn.functional import log_softmax, softmax

from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.execution.training import TrainingRecipe, train
from dabench.seeding import drawing_from
from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import CPU, built


@pytest.mark.parametrize("expected", [False, True])
def test_the_information_is_the_sum_of_squared_gradients_of_single_rows(expected: bool) -> None:
    method = tuning(FishMask, ratio=0.3).eval()
    x, y = few_labels().prepare(few_labels().target_x[:3]), torch.tensor([0, 1, 2])
    weight = method.network.hidden[0].weight
    (found,) = fisher(method, [weight], x, y, expected)
    by_hand = torch.zeros_like(weight)
    for row in range(3):
        logits = method.predict(x[row : row + 1])
        for label in range(3):
            share = softmax(logits, 1)[0, label].item() if expected else float(label == y[row])
            (gradient,) = torch.autograd.grad(log_softmax(logits, 1)[0, label], weight, retain_graph=True)
            by_hand += share * gradient**2
    assert torch.allclose(found, by_hand, atol=1e-7)


def test_the_largest_of_all_tensors_are_chosen_and_the_first_of_equal_ones() -> None:
    masks = largest([torch.tensor([[1.0, 5.0], [2.0, 2.0]]), torch.tensor([2.0, 9.0])], 3)
    assert [mask.tolist() for mask in masks] == [[[False, True], [True, False]], [False, True]]


def _tuned(**options: Any) -> tuple[Any, dict[str, torch.Tensor]]:
    """A method after both stages with momentum and weight decay, and its state at the end of the first."""
    method = built(FishMask, few_labels(), rate=1.0, **options)
    recipe = TrainingRecipe(
        Optimiser(name="sgd", lr=0.05, momentum=0.9, weight_decay=0.1),
        Schedule(),
        Budget(steps=8, batch=8, checkpoints=2),
    )
    start: dict[str, torch.Tensor] = {}
    with drawing_from(0, "training", CPU):
        for event in train(method, few_labels(), recipe, 0):
            if event.step == 4:
                start = {name: value.clone() for name, value in method.state_dict().items()}
    return method, start


@pytest.mark.parametrize("mask", ["fisher", "random", "magnitude"])
def test_weights_outside_the_mask_stay_to_the_bit(mask: str) -> None:
    method, start = _tuned(mask=mask, ratio=0.2)
    size = sum(parameter.numel() for parameter in method.network.parameters())
    changed = 0
    masks = dict(zip(map(id, method._masked), method.masks, strict=True))
    for name, weight in method.network.named_parameters():
        differs = weight != start[f"network.{name}"]
        changed += int(differs.sum())
        if id(weight) in masks:
            assert not (differs & ~masks[id(weight)]).any(), name
    kept = sum(int(one.sum()) for one in method.masks)
    classifier = 32 * 3 + 3
    assert kept == math.ceil(0.2 * (size - classifier))
    assert method.trained_parameters() == method.stored_parameters() == kept + classifier
    assert 0.8 * method.trained_parameters() < changed <= method.trained_parameters()
    assert all(torch.equal(value, start[name]) for name, value in method.state_dict().items() if "running" in name)


def test_the_masks_differ_by_what_chooses_them() -> None:
    masks = [
        torch.cat([mask.flatten() for mask in _tuned(mask=mask, ratio=0.2)[0].masks]) for mask in ("fisher", "random")
    ]
    assert (masks[0] & masks[1]).sum() < 0.6 * masks[0].sum()
    magnitude, start = _tuned(mask="magnitude", ratio=0.2)
    weights = torch.cat(
        [start[f"network.{n}"].abs().flatten() for n, _ in magnitude.network.named_parameters() if "output" not in n]
    )
    chosen = torch.cat([mask.flatten() for mask in magnitude.masks])
    assert weights[chosen].min() >= weights[~chosen].max()


def test_a_backbone_with_nothing_below_the_classifier_is_refused() -> None:
    method = built(FishMask, few_labels())
    method.network.trunk = method.network.hidden = torch.nn.Identity()
    with pytest.raises(ValueError, match="among the weights below the classifier, and this backbone trains none"):
        method.setup(few_labels())
