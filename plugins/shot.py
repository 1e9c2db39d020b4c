"""SHOT: source hypothesis transfer (Liang, Hu & Feng 2020, arXiv:2002.08546)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from dabench_plugins.entropy import entropy
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize, one_hot, pad, softmax

from dabench import Batch, DeepMethod, Problem, Stage


class Shot(DeepMethod):
    """Train on the source; then fit the target's features to the classifier, which is frozen, without the source.

    Predictions of the target become sure and, in the mean, all classes equally frequent; and each example is drawn
    towards the class whose centre of target features is nearest. That classes are equally frequent is a prior: it does
    harm where the target's are not.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            share: of the steps that adapt.
            information: weight of sure predictions that differ from one another (L_ent + L_div of the paper).
            pseudo: weight of the pseudo-labels (beta): 0.3 for objects and 0.1 for digits in the paper; 0 is SHOT-IM.
            smoothing: of the source's labels.
        """

        share: float = Field(0.5, gt=0, lt=1)
        information: float = Field(1.0, ge=0)
        pseudo: float = Field(0.3, ge=0)
        smoothing: float = Field(0.1, ge=0, lt=1)

    pseudo_labels: Tensor

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Make room for the pseudo-labels.

        Raises:
            ValueError: there is nothing below the classifier that could be adapted.
        """
        self._below = [self.network.trunk, self.network.hidden]
        if not any(True for module in self._below for _ in module.parameters()):
            raise ValueError(
                "shot adapts what is below the classifier, and this backbone trains nothing there: take one that does, "
                "such as a frozen network with backbone.options.bottleneck above 0"
            )
        self._problem = problem
        self.register_buffer("pseudo_labels", torch.zeros(len(problem.target_x), dtype=torch.int64))

    def stages(self) -> Sequence[Stage]:
        """Source, then target."""
        share = self.options.share
        return [
            Stage("source", 1 - share),
            Stage("target", share, self.target_losses, self._below, uses_source=False),
        ]

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source, with smoothed labels."""
        logits = self.classify(self.features(batch.source_x))
        return {"class": cross_entropy(logits, batch.source_y, label_smoothing=self.options.smoothing)}

    def target_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Information maximisation, and cross-entropy with the pseudo-labels, which are made anew for every epoch."""
        epoch = -(-len(self._problem.target_x) // len(batch.target_x))
        if self.options.pseudo and batch.step % epoch == 0:
            self._label()
        logits = self.classify(self.features(batch.target_x))
        losses = {"information": self.options.information * (entropy(logits).mean() + imbalance(logits))}
        if self.options.pseudo:
            labels = self.pseudo_labels.index_select(0, batch.target_index)
            losses["pseudo"] = self.options.pseudo * cross_entropy(logits, labels)
        return losses

    @torch.no_grad()
    def _label(self) -> None:
        """Give every example of target train the class of the nearest centre."""
        self.eval()
        hidden = torch.cat([self.embed(x) for x in self._problem.batches()])
        self.train()
        self.pseudo_labels.copy_(nearest_centres(hidden, softmax(self.network.output(hidden), 1)))


def imbalance(logits: Tensor) -> Tensor:
    """The negative entropy of the mean prediction of rows (N, C): least where all classes are equally frequent."""
    share = softmax(logits, 1).mean(0)
    return (share * share.clamp_min(torch.finfo(share.dtype).tiny).log()).sum()


def nearest_centres(hidden: Tensor, probabilities: Tensor) -> Tensor:
    """The class of the nearest centre for each row of hidden units (N, H), by cosine: int64 (N,) (eq. 4-6).

    Centres are means of the rows, a row counting for a class by its probability (N, C); then, once more, by the nearest
    of these. A class that no row is predicted to have is none's.
    """
    rows = normalize(pad(hidden, (0, 1), value=1.0), dim=1)
    belongs = probabilities
    present = one_hot(probabilities.argmax(1), probabilities.shape[1]).sum(0) > 0
    for _ in range(2):
        centres = normalize(belongs.T @ rows, dim=1)
        near = (rows @ centres.T).masked_fill(~present, -torch.inf).argmax(1)
        belongs = one_hot(near, probabilities.shape[1]).to(rows.dtype)
        present = present & (belongs.sum(0) > 0)
    return near
