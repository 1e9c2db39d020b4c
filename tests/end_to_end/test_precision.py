"""Training in bfloat16: what is computed in it, what is not, and what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from dabench import Backbone
from dabench.backbones.mini_cnn import MiniCnn
from dabench.errors import UsageError
from dabench.plugin.registry import Registry
from tests.support.small_runs import Net
from tests.support.toy_runs import numbers, plan_of, run


def _network(precision: str) -> Net:
    torch.manual_seed(0)
    network = Net((3, 8, 8), 4, Backbone.Options(), plain=True)
    network.precision = precision  # type: ignore[assignment]  # from a parameter
    return network


def _inside(network: Net) -> dict[str, torch.dtype]:
    """What the layers hand on, by name, in one pass."""
    seen: dict[str, torch.dtype] = {}
    for name in ("trunk", "hidden", "output"):
        part: nn.Module = getattr(network, name)
        part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out.dtype}))
    network.classify(network.features(torch.randn(5, 3, 8, 8)))
    return seen


def test_layers_compute_in_bfloat16_only_while_training() -> None:
    assert set(_inside(_network("bf16").train()).values()) == {torch.bfloat16}
    assert set(_inside(_network("bf16").eval()).values()) == {torch.float32}
    assert set(_inside(_network("fp32").train()).values()) == {torch.float32}


def test_methods_see_float32() -> None:
    network = _network("bf16").train()
    x = torch.randn(5, 3, 8, 8)
    features = network.features(x)
    assert features.dtype == network.embed(x).dtype == network.classify(features).dtype == torch.float32
    network.classify(features).sum().backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
    assert {parameter.grad.dtype for parameter in network.parameters() if parameter.grad is not None} == {torch.float32}


def test_bfloat16_is_near_and_not_the_same() -> None:
    x = torch.randn(5, 3, 8, 8)
    exact, fast = (_network(name).train().features(x) for name in ("fp32", "bf16"))
    assert not torch.equal(exact, fast)
    torch.testing.assert_close(fast, exact, rtol=0.05, atol=0.02)


def test_a_second_network_has_the_precision_of_the_first() -> None:
    network = MiniCnn((3, 16, 16), 10, MiniCnn.Options())
    network.precision = "bf16"
    assert network.clone_for_shape((3, 16, 16)).precision == "bf16"


@pytest.mark.slow
def test_a_run_in_bfloat16_is_another_run_that_says_so(registry: Registry, tmp_path: Path) -> None:
    runs = {}
    for precision in ("fp32", "bf16"):
        plan = plan_of(registry, ["dann"], seeds=[0], precision=precision)
        runs[precision] = run(plan, tmp_path, registry)[("toy_a:toy_b", "dann", 0)]
        assert (runs[precision].status, runs[precision].precision) == ("ok", precision)
    exact, fast = (record.checkpoints[-1].losses["class"] for record in runs.values())
    assert runs["fp32"].run_id != runs["bf16"].run_id
    assert exact != fast
    assert fast == pytest.approx(exact, rel=0.2)


@pytest.mark.slow
def test_two_runs_in_bfloat16_are_the_same_to_the_bit(registry: Registry, tmp_path: Path) -> None:
    once, again = (
        run(plan_of(registry, ["dann"], seeds=[0], precision="bf16"), tmp_path / name, registry) for name in "ab"
    )
    assert [numbers(record) for record in once.values()] == [numbers(record) for record in again.values()]


def test_the_command_line_can_ask_for_it(registry: Registry) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], sets=("precision=bf16",))
    assert {planned.settings.precision for planned in plan.runs} == {"bf16"}
    with pytest.raises(UsageError, match="precision"):
        plan_of(registry, sets=("precision=fp16",))
