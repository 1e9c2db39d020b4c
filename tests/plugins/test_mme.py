"""MME against its formulae, and against an unsupervised method with the labelled loss."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.dann import Dann
from dabench_plugins.mme import Mme
from torch.nn.functional import cross_entropy, softmax

from dabench.execution.batches import Indices, make_batch
from tests.support.few_labels import few_labels
from tests.support.small_runs import batch_of, built, problem_of, stripes

AT = torch.arange(6)


def _batch():  # type: ignore[no-untyped-def]
    return make_batch(few_labels(), Indices(AT, AT + 6, AT), 0, 0.5, {}, lambda _: 0)


def test_the_losses_by_hand() -> None:
    method, batch = built(Mme, few_labels(), plain=True, weight=0.2, temperature=0.1), _batch()
    losses = method.losses(batch)
    hidden = method.embed(torch.cat([batch.source_x, batch.labelled_x]))
    logits = hidden / hidden.norm(dim=1, keepdim=True) @ method.directions.weight.T / 0.1
    expected = cross_entropy(logits, torch.cat([batch.source_y, batch.labelled_y]))
    assert losses["class"].item() == pytest.approx(expected.item(), rel=1e-5)
    p = softmax(method.predict(batch.target_x), 1)
    assert losses["entropy"].item() == pytest.approx(0.2 * (p * p.log()).sum(1).mean().item(), rel=1e-5)


def test_a_step_raises_the_entropy_by_the_classifier_and_lowers_it_by_the_features() -> None:
    method, batch = built(Mme, few_labels(), plain=True, temperature=1.0), _batch()

    def entropy() -> torch.Tensor:
        p = softmax(method.predict(batch.target_x), 1)
        return -(p * p.log()).sum(1).mean()

    method.losses(batch)["entropy"].backward()
    before = entropy().item()
    for weights, sign in ((method.directions.parameters(), 1), (method.network.parameters(), -1)):
        state = {name: value.clone() for name, value in method.state_dict().items()}
        with torch.no_grad():
            for weight in weights:
                if weight.grad is not None:
                    weight -= 0.5 * weight.grad
        assert sign * (entropy().item() - before) > 0
        method.load_state_dict(state)


def test_a_method_with_the_labelled_loss_learns_from_labels_where_there_are_some() -> None:
    method, batch = built(Dann, few_labels(), plain=True), _batch()
    losses = method.losses(batch)
    x, y = batch.labelled
    assert losses["labelled"].item() == pytest.approx(cross_entropy(method.predict(x), y).item())
    unsupervised = problem_of(*stripes(32, 0), stripes(32, 1)[0])
    assert "labelled" not in method.losses(batch_of(unsupervised, method))
