"""A deep method that predicts with an average of its network over the steps."""

from __future__ import annotations

from torch import Tensor

from dabench.methods.averaged_network import Averaged
from dabench.methods.base import DeepMethod
from dabench.methods.problem import Batch


class AveragedMethod(DeepMethod):
    """A method whose network learns while the average of its weights, over the training's steps, predicts.

    Attributes:
        average: follows the network. `setup` assigns it: `Averaged(self.network, decay, running_statistics=True)`.
    """

    average: Averaged

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One training step, after which the average follows."""
        losses = super().step(batch)
        self.average.update(self.network, batch.step)
        return losses

    def embed(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> last hidden layer of the average (N, H)."""
        return self.average.network.embed(x)

    def predict(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> logits of the average (N, C)."""
        return self.average.network.classify(self.average.network.features(x))
