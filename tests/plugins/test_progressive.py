"""Progressive networks: the lateral connection by hand, and a first column that nothing moves."""

from __future__ import annotations

import torch
from dabench_plugins.progressive import Lateral, Progressive
from torch import nn

from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import logits_of, trained


def test_a_lateral_connection_by_hand() -> None:
    lateral = Lateral(nn.Linear(5, 4), 3, alpha=0.5)
    h = torch.randn(6, 5)
    reduced = (0.5 * h @ lateral.reduce.weight.T + lateral.reduce.bias).relu()
    assert torch.allclose(lateral(h), reduced @ lateral.across.weight.T, atol=1e-6)
    across = Lateral(nn.Conv2d(5, 4, 3, stride=2, padding=1), 3, alpha=0.5)
    assert across(torch.randn(2, 5, 8, 8)).shape == (2, 4, 4, 4)


def test_the_second_column_gets_what_the_layers_of_the_first_are_given() -> None:
    method = tuning(Progressive).eval()
    x = few_labels().prepare(few_labels().target_x[:4])
    first, second = method.network, method.column
    with torch.inference_mode():
        logits = method.predict(x)
        hidden_of_first = first.embed(x)
        hidden = method.embed(x)
        by_hand = nn.Linear.forward(second.output, hidden) + method.laterals[-1](hidden_of_first)
    assert torch.allclose(logits, by_hand, atol=1e-5)
    assert not method._given


def test_before_the_target_is_learned_the_first_column_predicts() -> None:
    method = tuning(Progressive).eval()
    x = few_labels().target_x
    second = logits_of(method, few_labels(), x)
    method.enter(method.stages()[0])
    assert not torch.allclose(logits_of(method, few_labels(), x), second)


def test_the_first_column_is_frozen_and_the_second_learns() -> None:
    half, whole = (trained(Progressive, few_labels(), steps=8, batch=8, rate=rate) for rate in (1e-9, 1.0))
    state = half.state_dict()
    for name, value in whole.state_dict().items():
        if name.startswith("network"):
            assert torch.equal(value, state[name]), name
    moved = [name for name, p in whole.named_parameters() if not torch.allclose(p, state[name], atol=1e-6)]
    assert {name.split(".")[0] for name in moved} == {"column", "laterals"}
