"""The reversed gradient of DANN, and its ramp."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from dabench_plugins.dann import ReverseGradient
from torch.nn.functional import binary_cross_entropy_with_logits

from dabench.plugin.registry import Registry
from tests.support.toy_runs import method_and_batch


def test_the_reversal_turns_gradients_around_and_nothing_else() -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    y = ReverseGradient.apply(x, 0.3)
    assert torch.equal(y, x)
    (y * torch.tensor([1.0, 5.0])).sum().backward()
    assert torch.allclose(x.grad, torch.tensor([-0.3, -1.5]))


def test_danns_ramp_scales_only_what_reaches_the_features(registry: Registry, tmp_path: Path) -> None:
    method, batch = method_and_batch(registry, tmp_path, "dann")
    ramp = 2 / (1 + np.exp(-10 * batch.progress)) - 1
    method.losses(batch)["domain"].backward()
    head = [parameter.grad.clone() for parameter in method.domain.parameters()]
    trunk = [parameter.grad.clone() for parameter in method.network.trunk.parameters()]
    method.zero_grad()
    features = method.features(torch.cat([batch.source_x, batch.target_x]))
    labels = torch.cat([torch.zeros(20, 1), torch.ones(20, 1)])
    binary_cross_entropy_with_logits(method.domain(features), labels).backward()
    for got, plain in zip(head, method.domain.parameters(), strict=True):
        assert torch.allclose(got, plain.grad, atol=1e-7)
    for got, plain in zip(trunk, method.network.trunk.parameters(), strict=True):
        assert torch.allclose(got, -ramp * plain.grad, atol=1e-7)


def test_danns_ramp_starts_at_zero(registry: Registry, tmp_path: Path) -> None:
    method, batch = method_and_batch(registry, tmp_path, "dann")
    method.losses(replace(batch, progress=0.0))["domain"].backward()
    assert all(not parameter.grad.any() for parameter in method.network.trunk.parameters())
    assert any(parameter.grad.any() for parameter in method.domain.parameters())
