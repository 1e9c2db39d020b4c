"""AdaBN: the statistics it predicts with, and that they help."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.adabn import AdaBn
from dabench_plugins.source_only import SourceOnly
from torch import Tensor

from tests.support.small_runs import accuracy, built, logits_of, problem_of, stripes, trained


def _other_lighting(images: Tensor) -> Tensor:
    """Another contrast and brightness in every channel: a shift of means and scales."""
    gain, offset = torch.tensor([0.15, 0.3, 0.15]), torch.tensor([200.0, 170.0, 20.0])
    return (images * gain[:, None, None] + offset[:, None, None]).clamp(0, 255).to(torch.uint8)


@pytest.mark.slow
def test_it_helps_where_every_channel_is_shifted() -> None:
    (x, y), (target, _), (test, test_y) = stripes(240, 1), stripes(240, 2), stripes(150, 3)
    gains = []
    for seed in range(3):
        problem = problem_of(x, y, _other_lighting(target))
        source_only, adabn = (trained(cls, problem, seed, steps=100) for cls in (SourceOnly, AdaBn))
        shifted = _other_lighting(test)
        assert accuracy(source_only, problem, test, test_y) > 0.9
        gains.append(accuracy(adabn, problem, shifted, test_y) - accuracy(source_only, problem, shifted, test_y))
    assert min(gains) > 0.4  # from a third, which is chance, to all of them


@pytest.mark.slow
def test_every_batch_norm_gets_what_it_sees_of_all_the_target() -> None:
    (x, y), (target, _) = stripes(60, 1), stripes(2500, 2)  # more than pass at a time
    problem = problem_of(x, y, _other_lighting(target))
    method = trained(AdaBn, problem, steps=5)
    logits_of(method, problem, target[:2])
    first, second = method.network.trunk[1], method.network.trunk[5]
    with torch.no_grad():
        entering = method.network.trunk[:1](problem.prepare(problem.target_x)).double()
        assert torch.allclose(first.running_mean, entering.mean((0, 2, 3)).float(), atol=1e-5)
        assert torch.allclose(first.running_var, entering.var((0, 2, 3), correction=0).float(), rtol=1e-4)
        deeper = method.network.trunk[:5](problem.prepare(problem.target_x)).double()  # behind the adapted first one
        assert torch.allclose(second.running_mean, deeper.mean((0, 2, 3)).float(), atol=1e-5)
        assert torch.allclose(second.running_var, deeper.var((0, 2, 3), correction=0).float(), rtol=1e-4)


def test_the_target_goes_no_further_than_the_batch_norm_in_question() -> None:
    (x, y), (target, _) = stripes(60, 1), stripes(2500, 2)
    problem = problem_of(x, y, target)
    method = trained(AdaBn, problem, steps=5)
    passed = dict.fromkeys(("first", "second", "output"), 0)
    convolutions = method.network.trunk[0], method.network.trunk[4]
    for name, module in zip(passed, (*convolutions, method.network.output), strict=True):
        module.register_forward_hook(lambda _, args, out, name=name: passed.update({name: passed[name] + len(out)}))
    logits_of(method, problem, target[:7])
    assert passed == {"first": 1 + 2500 + 2500 + 7, "second": 1 + 2500 + 7, "output": 1 + 7}, "1 to see the order"


def test_a_prediction_does_not_depend_on_its_batch_mates_or_on_those_before() -> None:
    (x, y), (target, _) = stripes(60, 1), stripes(60, 2)
    problem = problem_of(x, y, target)
    method = trained(AdaBn, problem, steps=5)
    together = logits_of(method, problem, target[:10])
    alone = torch.cat([logits_of(method, problem, target[i : i + 1]) for i in range(10)])
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.equal(logits_of(method, problem, target[:10]), together)


def test_training_is_that_of_source_only_also_after_a_prediction() -> None:
    (x, y), (target, _) = stripes(60, 1), stripes(60, 2)
    problem = problem_of(x, y, target)
    plain, adabn = (trained(cls, problem, steps=12) for cls in (SourceOnly, AdaBn))
    assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), adabn.parameters(), strict=True))


def test_it_adapts_anew_after_a_step() -> None:
    (x, y), (target, _) = stripes(60, 1), stripes(60, 2)
    problem = problem_of(x, y, _other_lighting(target))
    method = built(AdaBn, problem).eval()
    logits_of(method, problem, target)
    before = method.network.trunk[1].running_mean.clone()
    with torch.no_grad():
        method.network.trunk[0].bias.add_(1)
    logits_of(method, problem, target)
    assert torch.equal(method.network.trunk[1].running_mean, before)  # nothing was trained in between
    rows = torch.arange(8)
    from dabench import Batch

    batch = Batch(problem.prepare(x[rows]), y[rows], problem.prepare(target[rows]), None, rows, rows, 0, 0.0)
    method.losses(batch)
    logits_of(method, problem, target)
    assert torch.allclose(method.network.trunk[1].running_mean, before + 1, atol=1e-5)


def test_a_network_without_batch_norm_is_refused() -> None:
    (x, y), (target, _) = stripes(9, 1), stripes(9, 2)
    with pytest.raises(ValueError, match="this backbone has none: take one that has"):
        built(AdaBn, problem_of(x, y, target), plain=True)
