"""Cross-stitch networks: the mixtures by hand, their blocks, and what is learned when."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.cross_stitch import CrossStitch, blocks, stitched
from torch import nn

from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import built, trained


def test_a_mixture_by_hand() -> None:
    first, second = torch.tensor([[1.0, 2.0]]), torch.tensor([[10.0, 20.0]])
    kept, taken = torch.tensor([[0.9, 0.5], [0.8, 1.0]]), torch.tensor([[0.1, 0.5], [0.2, 0.0]])
    one, other = stitched(first, second, kept, taken)
    assert torch.allclose(one, torch.tensor([[0.9 + 1.0, 1.0 + 10.0]]))
    assert torch.allclose(other, torch.tensor([[8.0 + 0.2, 20.0]]))
    images = torch.randn(2, 3, 4, 2, 2)
    halves = torch.full((2, 1), 0.5)
    for mixture in stitched(images[0], images[1], halves, halves):
        assert torch.allclose(mixture, images.mean(0), atol=1e-6)


def test_blocks_are_the_network_in_parts() -> None:
    network = built(CrossStitch, few_labels()).network.eval()
    x = few_labels().prepare(few_labels().target_x[:4])
    parts = list(blocks(network))
    assert len(parts) == 3  # two convolutions and the hidden layer
    assert [sum(isinstance(module, nn.Conv2d) for module in part.modules()) for part in parts] == [1, 1, 0]
    passed = x
    for part in parts:
        passed = part(passed)
    assert torch.equal(passed, network.embed(x))


def test_without_stitches_the_networks_are_apart() -> None:
    method = built(CrossStitch, few_labels()).eval()
    x = few_labels().prepare(few_labels().target_x[:4])
    method.enter(method.stages()[0])
    assert torch.equal(method.embed_source(x), method.network.embed(x))
    assert torch.equal(method.embed(x), method.second.embed(x))
    method.enter(method.stages()[1])
    assert not torch.allclose(method.embed(x), method.second.embed(x))
    whole = tuning(CrossStitch, own=1).eval()  # a network keeps all of its own, and takes nothing of the other
    assert torch.allclose(whole.embed(x), whole.second.embed(x), atol=1e-6)


@pytest.mark.parametrize(("per", "shape"), [("channel", (2, 8)), ("layer", (2, 1))])
def test_the_mixtures_are_learned_once_the_networks_are_stitched(per: str, shape: tuple[int, int]) -> None:
    method = trained(CrossStitch, few_labels(), steps=8, batch=8, per=per)
    assert method.kept[0].shape == method.taken[0].shape == shape
    assert not torch.allclose(method.kept[0], torch.tensor(0.9))
    method.enter(method.stages()[0])
    assert "mixtures" not in method.parameter_groups()
    assert not any(weights.requires_grad for weights in [*method.kept, *method.taken])
