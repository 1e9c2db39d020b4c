"""Source-only with augmented images and averaged weights: what UDA and mean teacher are to be compared with."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Averaged, AveragedMethod, Batch, Problem, View


class SourceAugmented(AveragedMethod):
    """Cross-entropy on augmented source images; an average of the weights over time predicts.

    The target is never looked at. What UDA or mean teacher gain over it they gain by the target's images, not by
    augmentation or averaging.
    """

    class Options(AveragedMethod.Options):
        """Options: those of the method that it stands beside.

        Attributes:
            view: how images are changed: `affine` as mean teacher does, `shift` or `randaugment` as UDA does.
            noise: deviation of normal noise on the normalised images; 0.1 as mean teacher has it.
            decay: of the average that predicts; 0 for none.
        """

        view: View = "randaugment"
        noise: float = Field(0.0, ge=0)
        decay: float = Field(0.9999, ge=0, lt=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Copy the network that predicts."""
        self.views = {"changed": self.options.view}
        self.average = Averaged(self.network, self.options.decay, running_statistics=True)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        x = batch.source_x_changed
        if self.options.noise:
            x = x + self.options.noise * torch.randn_like(x)
        return {"class": cross_entropy(self.classify(self.features(x)), batch.source_y)}
