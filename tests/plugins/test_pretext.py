"""Adaptation through self-supervision: its losses, its stages, and what it refuses."""

from __future__ import annotations

import re

import pytest
import torch
from dabench_plugins.dann import Dann
from dabench_plugins.pretext import Pretext
from dabench_plugins.pretext_tasks import TASKS
from torch.nn.functional import cross_entropy

from dabench.seeding import drawing_from
from tests.support.small_runs import CPU, batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["rotation", "quadrant", "jigsaw"])
def test_the_loss_of_a_task_is_the_cross_entropy_of_its_answers(task: str) -> None:
    method = built(Pretext, PROBLEM, plain=True, task=task, weight=3.0).train()
    batch = batch_of(PROBLEM, method)
    with drawing_from(0, "a step", CPU):
        losses = method.losses(batch)
    with drawing_from(0, "a step", CPU):
        asked, answer = TASKS[task](torch.cat([batch.source_x, batch.target_x]))
    each = method.head(method.features(asked)).log_softmax(1)[range(32), answer]
    assert losses["task"].item() == pytest.approx(-3 * each.mean().item(), rel=1e-5)
    alone = cross_entropy(method.predict(batch.source_x), batch.source_y)
    assert losses["class"].item() == pytest.approx(alone.item(), rel=1e-5)


def test_inpainting_is_a_squared_error() -> None:
    method = built(Pretext, PROBLEM, plain=True, task="inpainting").train()
    batch = batch_of(PROBLEM, method)
    x = torch.cat([batch.source_x, batch.target_x])
    hidden = x.clone()
    hidden[:, :, 2:6, 2:6] = 0
    error = (method.head(method.features(hidden)) - x[:, :, 2:6, 2:6].flatten(1)).square().mean()
    assert method.losses(batch)["task"].item() == pytest.approx(error.item(), rel=1e-5)


def test_the_domain_loss_is_that_of_dann() -> None:
    method, dann = built(Pretext, PROBLEM, plain=True, domain=0.5).train(), built(Dann, PROBLEM, plain=True).train()
    dann.domain.load_state_dict(method.domain.state_dict())
    batch = batch_of(PROBLEM, method, progress=0.3)
    assert method.losses(batch)["domain"].item() == pytest.approx(0.5 * dann.losses(batch)["domain"].item(), rel=1e-6)


def test_pretraining_is_a_stage_of_the_task_alone() -> None:
    method = built(Pretext, PROBLEM, pretraining=0.25)
    batch = batch_of(PROBLEM, method)
    first, second = method.stages()
    assert (first.share, second.share) == (0.25, 0.75)
    assert (set(first.losses(batch)), set(second.losses(batch))) == ({"task"}, {"class"})
    (only,) = built(Pretext, PROBLEM).stages()
    assert only.share == 1


@pytest.mark.parametrize(
    ("shape", "task", "says"),
    [
        ((3, 8, 10), "rotation", "needs square images, not 8x10: take task: quadrant"),
        ((3, 5, 5), "jigsaw", "needs a size of 6 or more, not 5x5"),
        ((1, 3, 8), "inpainting", "needs a size of 4 or more, not 3x8"),
        ((3, 8, 8), "order", "is about windows (channels, time), not about examples (3, 8, 8): take task: rotation"),
        (
            (6, 64),
            "rotation",
            "(channels, height, width), not about examples (6, 64): take task: order",
        ),
        ((40,), "quadrant", "not about examples (40,): take another method"),
        ((6, 8), "order", "needs a size of 12 or more, not 8"),
    ],
)
def test_examples_that_a_task_cannot_be_asked_about_are_refused(shape: tuple[int, ...], task: str, says: str) -> None:
    x = torch.zeros(4, *shape)
    method = Pretext(built(Pretext, PROBLEM).network, Pretext.Options(task=task))
    with pytest.raises(ValueError, match=re.escape(says)):
        method.setup(problem_of(x, torch.tensor([0, 1, 0, 1]), x))
