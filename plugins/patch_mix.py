"""PMTrans: patch-mix (Zhu, Bai & Wang 2023, arXiv:2303.13434), for networks without attention."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from dabench_plugins.mixtures import patch_shares, require_places
from dabench_plugins.neighbours import balanced, class_of_neighbours
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, log_softmax, normalize, softmax

from dabench import Batch, DeepMethod, Problem, Stage


class PatchMix(DeepMethod):
    """Learn from images each of whose patches is a mixture of a source and a target image, in a share of its own.

    Such an image has the source's label by the mean share of its patches, and for the rest the target's: the class that
    is likeliest for the target examples with the nearest hidden units, as they were when they were last seen. Its own
    hidden units are to be near those of source images with its label, and near those of its target image. The source
    alone comes first; then source, target and mixed images pass the network, each kind by itself. Tables and the
    features of a frozen network, which have no patches, are refused.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of what is learned from mixed images, their labels and their hidden units.
            similarity: weight, times `weight`, of the hidden units.
            patches: along a side of the image.
            concentration: both parameters of the Beta distribution of the shares; 1 is uniform.
            neighbours: target examples that say which class another one has.
            pretraining: the share of the budget for the source alone.
        """

        weight: float = Field(1.0, ge=0)
        similarity: float = Field(1.0, ge=0)
        patches: int = Field(4, ge=1)
        concentration: float = Field(1.0, gt=0)
        neighbours: int = Field(5, ge=1)
        pretraining: float = Field(0.3, gt=0, lt=1)

    hidden_units: Tensor
    votes: Tensor

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Make room for the hidden units (M, H) and the votes (M, C) of all target examples.

        Raises:
            ValueError: the examples have no patches.
        """
        some = problem.prepared_target(problem.target_x[:1])
        require_places("patch_mix", tuple(some.shape[1:]), self.options.patches)
        self._problem, rows = problem, len(problem.target_x)
        with torch.no_grad():
            width = self.network.eval().embed(some).shape[1]
        self.register_buffer("hidden_units", torch.zeros(rows, width))
        self.register_buffer("votes", torch.zeros(rows, problem.classes))

    def stages(self) -> Sequence[Stage]:
        """The source, then the mixed images beside it."""
        share = self.options.pretraining
        return [Stage("source", share, losses=self.of_source), Stage("mixed", 1 - share)]

    def of_source(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source; cross-entropies of the mixed images' labels and of their hidden units."""
        if batch.step == 0:
            self._see_all()
        shares = patch_shares(batch.source_x, self.options.patches, self.options.concentration)
        of_source = shares.flatten(1).mean(1)
        mixed_x = shares * batch.source_x + (1 - shares) * batch.target_x
        source, target, mixed = (self.network.embed(x) for x in (batch.source_x, batch.target_x, mixed_x))
        says_source, says_target, says_mixed = (self.network.output(hidden) for hidden in (source, target, mixed))
        self._see(batch.target_index, target, says_target)
        target_y = class_of_neighbours(self.hidden_units, self.votes, batch.target_index, self.options.neighbours)
        labels = of_source * cross_entropy(says_mixed, batch.source_y, reduction="none")
        labels = labels + (1 - of_source) * cross_entropy(says_mixed, target_y, reduction="none")
        same_label = batch.source_y[:, None] == batch.source_y
        units = of_source * likeness(mixed, source, same_label)
        units = units + (1 - of_source) * likeness(mixed, target, torch.eye(len(target), device=target.device))
        return {
            "class": cross_entropy(says_source, batch.source_y),
            "labels": self.options.weight * labels.mean(),
            "units": self.options.weight * self.options.similarity * units.mean(),
        }

    @torch.no_grad()
    def _see_all(self) -> None:
        self.eval()
        hidden = torch.cat([self.network.embed(x) for x in self._problem.batches()])
        self._see(torch.arange(len(hidden), device=hidden.device), hidden, self.network.output(hidden))
        self.train()

    @torch.no_grad()
    def _see(self, rows: Tensor, hidden: Tensor, logits: Tensor) -> None:
        self.hidden_units[rows], self.votes[rows] = normalize(hidden, dim=1), balanced(softmax(logits, 1))


def likeness(mixed: Tensor, others: Tensor, alike: Tensor) -> Tensor:
    """Cross-entropy of the softmax of each row's cosines with the others, and the rows that are alike: (N,).

    Args:
        mixed: hidden units (N, H).
        others: theirs (N, H).
        alike: which of the others (N, N) a row is to be near, each of them as much.
    """
    cosines = normalize(mixed, dim=1) @ normalize(others, dim=1).T
    wanted = alike.to(cosines.dtype)
    return -(wanted / wanted.sum(1, keepdim=True) * log_softmax(cosines, 1)).sum(1)
