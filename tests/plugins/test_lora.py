"""LoRA: the change by hand, and what is trained."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.lora import Lora, LowRank
from dabench_plugins.source_then_target import SourceThenTarget

from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import built, logits_of, trained


def test_the_change_is_a_scaled_product_in_the_shape_of_the_weight() -> None:
    for shape in ((3, 4), (3, 2, 3, 3)):
        weight = torch.randn(shape)
        change = LowRank(weight, 2, scale=0.5)
        assert torch.equal(change(weight), weight)  # B begins as 0
        with torch.no_grad():
            change.b.normal_()
        rows = shape[0] * (shape[2] if len(shape) > 2 else 1)
        expected = weight.detach().reshape(rows, -1) + 0.5 * change.b @ change.a
        assert torch.allclose(change(weight), expected.view(shape), atol=1e-6)
        assert torch.linalg.matrix_rank((change(weight) - weight).reshape(rows, -1)) == 2


def test_it_begins_as_the_source_network_to_the_bit() -> None:
    x = few_labels().target_x
    plain = logits_of(built(SourceThenTarget, few_labels()).eval(), few_labels(), x)
    assert torch.equal(logits_of(built(Lora, few_labels()).eval(), few_labels(), x), plain)


def test_weights_and_statistics_of_the_source_stay() -> None:
    half, whole = (trained(Lora, few_labels(), steps=8, batch=8, rate=rate, rank=2) for rate in (1e-9, 1.0))
    start, end = half.state_dict(), whole.state_dict()
    moved = {name for name in start if not torch.allclose(start[name].float(), end[name].float(), atol=1e-6)}
    assert all(name.endswith(("bias", ".a", ".b")) or "output" in name for name in moved), moved
    assert {name.rsplit(".", 1)[1] for name in moved} == {"a", "b", "bias", "weight"}
    names = {name for name, parameter in whole.named_parameters() if parameter.requires_grad}
    assert names >= {name for name in moved if "running" not in name}
    by_hand = sum(p.numel() for name, p in whole.named_parameters() if name in names)
    assert whole.train().trained_parameters() == by_hand
    whole.held()[0].eval()


def test_the_source_stage_trains_no_change() -> None:
    method = built(Lora, few_labels())
    method.enter(method.stages()[0])
    frozen = {name.rsplit(".", 1)[1] for name, p in method.named_parameters() if not p.requires_grad}
    assert frozen == {"a", "b"}


def test_scale_is_alpha_over_rank() -> None:
    assert {change.scale for change in tuning(Lora, rank=2, alpha=4.0)._changes} == {2.0}
    assert {change.scale for change in tuning(Lora, rank=2)._changes} == {1.0}


def test_a_rank_that_no_layer_has_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"the rank 40 is larger than any layer .* allows, which is 32:"):
        built(Lora, few_labels(), rank=40)
    assert [change.a.shape[0] for change in built(Lora, few_labels(), rank=30)._changes] == [9, 24, 30]
