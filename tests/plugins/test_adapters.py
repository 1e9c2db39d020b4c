"""Adapters by hand, and what they leave alone."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.adapters import Adapters, Parallel, Serial
from torch import nn
from torch.nn.functional import conv2d

from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import built, logits_of, trained


def test_a_serial_adapter_by_hand() -> None:
    adapter = Serial(nn.Linear(5, 4), 3)
    with torch.no_grad():
        adapter.down.weight.normal_()
        adapter.up.weight.normal_()
    h = torch.randn(6, 4)
    expected = h + (h @ adapter.down.weight.T).relu() @ adapter.up.weight.T
    assert torch.allclose(adapter(torch.randn(6, 5), h), expected, atol=1e-6)


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 1, 1), (5, 1, 0), (3, 2, 1), (1, 2, 0), (5, 1, 3)])
def test_a_parallel_adapter_is_a_kernel_with_one_more_weight_in_its_middle(
    kernel: int, stride: int, padding: int
) -> None:
    layer = nn.Conv2d(2, 4, kernel, stride, padding)
    adapter = Parallel(layer, 0)
    with torch.no_grad():
        adapter.across.weight.normal_()
        whole = layer.weight.clone()
        whole[:, :, kernel // 2, kernel // 2] += adapter.across.weight[:, :, 0, 0]
        x = torch.randn(3, 2, 9, 9)
        expected = conv2d(x, whole, layer.bias, stride, padding)
        assert torch.allclose(adapter(x, layer(x)), expected, atol=1e-5)


@pytest.mark.parametrize("kind", ["serial", "parallel"])
def test_they_begin_near_the_identity(kind: str) -> None:
    x = few_labels().target_x
    without = logits_of(built(Adapters, few_labels(), kind=kind).eval(), few_labels(), x)
    with_them = logits_of(tuning(Adapters, kind=kind).eval(), few_labels(), x)
    assert torch.allclose(with_them, without, atol=1e-3)
    assert torch.equal(with_them, without) == (kind == "parallel")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["serial", "parallel"])
def test_the_layers_stay_and_the_adapters_learn(kind: str) -> None:
    half, whole = (trained(Adapters, few_labels(), steps=8, batch=8, rate=rate, kind=kind) for rate in (1e-9, 1.0))
    moved = {
        name
        for (name, before), after in zip(half.named_parameters(), whole.parameters(), strict=True)
        if not torch.allclose(before, after, atol=1e-6)
    }
    assert any(name.startswith("adapters") for name in moved)
    norms_and_output = ("network.trunk.1", "network.trunk.5", "network.output")
    assert all(name.startswith(("adapters", *norms_and_output)) for name in moved), moved
