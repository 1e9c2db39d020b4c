"""FixBi: bridging domain spaces (Na, Jung, Chang & Hwang 2021, arXiv:2011.09230)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from dabench_plugins.domain_loss import domain_loss
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, log_softmax, mse_loss, softmax

from dabench import Backbone, Batch, DeepMethod, Problem, Stage


class MixBridge(DeepMethod):
    """Two networks learn from mixtures of a source and a target example: one with more of the source, one with less.

    First both learn as in DANN. Then of a mixture each learns the source's label and what it predicts for the target
    example, as much of either as there is of the example. In the first half each is also told that its least sure
    predictions are wrong; in the second each learns the other's surer predictions, and to say of even mixtures what the
    other says. Their mean predicts. Every batch passes each network by itself: batch norm sees one kind of examples.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            ratio: the share of the source in the mixtures of one network; in those of the other it is the target's.
            weight: of all that is learned from target examples, the mixtures' share included. With 1, as in the paper,
                networks that begin untrained can come to predict one class.
            domain: weight of DANN's loss in the beginning; 0 for the source's labels alone.
            pretraining: the share of the budget for this beginning.
            warm_up: the share of the rest in which unsure predictions are punished, and nothing passes between the two.
            deviations: a prediction is sure that is not so many standard deviations below the batch's mean.
        """

        ratio: float = Field(0.7, ge=0.5, lt=1)
        weight: float = Field(0.1, ge=0)
        domain: float = Field(1.0, ge=0)
        pretraining: float = Field(0.5, gt=0, lt=1)
        warm_up: float = Field(0.5, ge=0, le=1)
        deviations: float = Field(2.0, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the second network, a domain classifier for each, and the temperatures of the punishment."""
        self.second = self.network.clone_for_shape(tuple(problem.target_x.shape[1:]))
        self.domains = nn.ModuleList([self.network.domain_head(), self.second.domain_head()])
        self.temperatures = nn.Parameter(torch.full((2,), 5.0))

    def stages(self) -> Sequence[Stage]:
        """DANN's losses, then those of the mixtures."""
        share = self.options.pretraining
        return [Stage("beginning", share, losses=self.of_dann), Stage("bridge", 1 - share)]

    def of_dann(self, batch: Batch) -> dict[str, Tensor]:
        """Classification and domain loss of both networks."""
        rows, losses = len(batch.source_x), {}
        for name, network, head in zip(("first", "second"), self._networks(), self.domains, strict=True):
            both = network.features(torch.cat([batch.source_x, batch.target_x]))
            losses[f"class {name}"] = cross_entropy(network.classify(both[:rows]), batch.source_y)
            losses[f"domain {name}"] = self.options.domain * domain_loss(head, both, rows, batch.progress)
        return losses

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy of the mixtures; punishment of unsure predictions, or agreement of the two networks."""
        weight, early = self.options.weight, batch.progress < self.options.warm_up
        networks = self._networks()
        said = [network.classify(network.features(batch.target_x)) for network in networks]
        likeliest = [logits.argmax(1) for logits in said]
        sure = [sure_rows(logits, self.options.deviations) for logits in said]
        losses = {"source": said[0].new_zeros(()), "target": said[0].new_zeros(()), "between": said[0].new_zeros(())}
        for own, (network, share) in enumerate(
            zip(networks, (self.options.ratio, 1 - self.options.ratio), strict=True)
        ):
            mixed = network.classify(network.features(share * batch.source_x + (1 - share) * batch.target_x))
            losses["source"] += share * cross_entropy(mixed, batch.source_y)
            losses["target"] += weight * (1 - share) * cross_entropy(mixed, likeliest[own])
            if early:
                punished = punishment(said[own], ~sure[own], self.temperatures[own])
                losses["between"] += weight * punished
            else:
                other = cross_entropy(said[own], likeliest[1 - own], reduction="none")
                losses["between"] += weight * mean_of(other, sure[1 - own])
        if not early:
            even = (batch.source_x + batch.target_x) / 2
            first, second = (network.classify(network.features(even)) for network in networks)
            losses["between"] += weight * mse_loss(first, second)
        return losses

    def predict(self, x: Tensor) -> Tensor:
        """Logarithm of the sum of both networks' probabilities (N, C)."""
        logs = [log_softmax(network.classify(network.features(x)), 1) for network in self._networks()]
        return torch.logsumexp(torch.stack(logs), 0)

    def embed(self, x: Tensor) -> Tensor:
        """The last hidden layers of both networks beside each other."""
        return torch.cat([network.embed(x) for network in self._networks()], 1)

    def _networks(self) -> tuple[Backbone, Backbone]:
        return self.network, self.second


def sure_rows(logits: Tensor, deviations: float) -> Tensor:
    """Rows of (N, C) whose highest probability is not so many standard deviations below the mean of all: bool (N,)."""
    highest = softmax(logits.detach(), 1).max(1).values
    return highest >= highest.mean() - deviations * highest.std()


def punishment(logits: Tensor, rows: Tensor, temperature: Tensor) -> Tensor:
    """Mean of -log(1 - p) over some rows of (N, C), p the probability of the likeliest class; 0 if there is none."""
    highest = softmax(logits / temperature.clamp_min(0.1), 1).gather(1, logits.argmax(1, keepdim=True))[:, 0]
    return mean_of(-torch.log1p(-highest.clamp_max(1 - 1e-6)), rows)


def mean_of(values: Tensor, rows: Tensor) -> Tensor:
    """The mean of some of the values (N,); 0 if there is none."""
    return (values * rows).sum() / rows.sum().clamp(min=1)
