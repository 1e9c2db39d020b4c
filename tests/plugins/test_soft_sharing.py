"""Soft sharing: the distance of two networks by hand."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.soft_sharing import SoftSharing

from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import trained


def test_the_distance_is_the_sum_of_squared_differences() -> None:
    method = tuning(SoftSharing, weight=0.5)
    assert method.distance().item() == 0
    with torch.no_grad():
        method.second.output.bias += 2  # three classes
        method.second.hidden[0].weight[0, :5] -= 1
    assert method.distance().item() == pytest.approx(3 * 4 + 5, rel=1e-5)


@pytest.mark.slow
def test_the_weight_holds_the_networks_together() -> None:
    free, held = (trained(SoftSharing, few_labels(), steps=20, batch=8, weight=weight) for weight in (0.0, 1.0))
    assert held.distance() < free.distance() / 4


def test_each_task_has_its_network() -> None:
    method = tuning(SoftSharing).eval()
    x = few_labels().prepare(few_labels().target_x[:4])
    with torch.no_grad():
        method.second.output.bias += 1
    assert torch.allclose(method.predict(x), method.predict_source(x) + 1, atol=1e-5)
