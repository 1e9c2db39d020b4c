"""Tent, offline: entropy minimisation (Wang, Shelhamer, Liu, Olshausen & Darrell 2021, arXiv:2006.10726)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dabench_plugins.entropy import entropy
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.modules.batchnorm import _BatchNorm

from dabench import Batch, DeepMethod, Problem, Stage


class Tent(DeepMethod):
    """Train on the source; then make target train's predictions surer by scale and shift of batch norm alone.

    In the second stage no source example is seen, and the statistics of batch norm become the target's. What results is
    frozen before the test set is predicted.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            share: of the steps that adapt. Entropy is least where every example has one class: many steps end there.
            rate: by which the suite's learning rate is multiplied while adapting.
        """

        share: float = Field(0.1, gt=0, lt=1)
        rate: float = Field(0.1, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Find what is adapted.

        Raises:
            ValueError: the backbone has no batch norm.
        """
        self._norms = [norm for norm in self.network.modules() if isinstance(norm, _BatchNorm) and norm.affine]
        if not self._norms:
            raise ValueError(
                "tent adapts scale and shift of batch norm, and this backbone has none: take one that has, such as "
                "digits_bn, or mini_cnn with backbone.options.batch_norm=true"
            )
        self._adapting = False

    def stages(self) -> Sequence[Stage]:
        """Source, then target."""
        return [
            Stage("source", 1 - self.options.share),
            Stage("target", self.options.share, self.target_losses, self._norms, uses_source=False),
        ]

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._adapting = stage.name == "target"

    def rates(self) -> Mapping[str, float]:
        return {"main": self.options.rate} if self._adapting else {}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def target_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Mean entropy of the target's predictions."""
        return {"entropy": entropy(self.classify(self.features(batch.target_x))).mean()}
