"""What a DeepMethod brings along."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from dabench_plugins.source_only import SourceOnly
from torch import Tensor, nn

from dabench import Batch, DeepMethod, Stage
from dabench.methods.base import source_free
from tests.support.small_runs import built, logits_of, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(48, 0), stripes(48, 1)
PROBLEM = problem_of(X, Y, TARGET)


def test_statistics_are_kept_within_the_block_and_only_there() -> None:
    method = built(SourceOnly, PROBLEM).train()
    norm = method.network.trunk[1]
    norm.momentum = None  # the average over all batches so far: counting one would change the next
    x = PROBLEM.prepare(X)
    with method.statistics_kept():
        kept = method.features(x)
    assert (norm.num_batches_tracked.item(), norm.running_mean.abs().sum().item()) == (0, 0)
    assert torch.equal(method.features(x), kept)
    assert norm.num_batches_tracked.item() == 1
    with torch.no_grad():
        mean = method.network.trunk[0](x).transpose(0, 1).flatten(1).mean(1)
    assert torch.allclose(norm.running_mean, mean, atol=1e-5)


class TwoGroups(DeepMethod):
    """Trunk and output each with an optimiser; `trained` names those that a step uses."""

    trained: tuple[str, ...] = ()

    def parameter_groups(self) -> Any:
        return {"trunk": self.network.trunk.parameters(), "output": self.network.output.parameters()}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        losses = {"class": nn.functional.cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}
        self.update(losses["class"], *self.trained)
        return losses


@pytest.mark.parametrize("groups", [("trunk",), ("output",), ("trunk", "output")])
def test_update_trains_the_groups_that_are_named(groups: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TwoGroups, "trained", groups)
    before, after = built(TwoGroups, PROBLEM, plain=True), trained(TwoGroups, PROBLEM, plain=True, steps=2)
    moved = set()
    for name in ("trunk", "hidden", "output"):
        pairs = zip(*(getattr(method.network, name).parameters() for method in (before, after)), strict=True)
        moved |= {name for a, b in pairs if not torch.equal(a, b)}
    assert moved == set(groups)


class AdaptsAlone(DeepMethod):
    """The source, then the target without it."""

    uses_source = False

    def stages(self) -> list[Stage]:
        return [Stage("source", 0.5), Stage("target", 0.5, self.on_target, uses_source=self.uses_source)]

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        return {"class": nn.functional.cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def on_target(self, batch: Batch) -> dict[str, Tensor]:
        return {"means": self.features(batch.target_x).mean(0).square().sum()}


def test_a_stage_without_source_trains_as_one_that_does_not_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without = trained(AdaptsAlone, PROBLEM, steps=6)
    monkeypatch.setattr(AdaptsAlone, "uses_source", True)
    assert torch.equal(
        *(logits_of(method, PROBLEM, TARGET) for method in (without, trained(AdaptsAlone, PROBLEM, steps=6)))
    )


def test_a_training_is_source_free_if_it_ends_so() -> None:
    uses, does_not = Stage("one", 0.5), Stage("other", 0.5, uses_source=False)
    assert [source_free(stages) for stages in ([uses], [uses, does_not], [does_not, uses], [does_not])] == [
        False, True, False, True,
    ]  # fmt: skip
