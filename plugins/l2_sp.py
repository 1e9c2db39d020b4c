"""L2-SP: fine-tuning with a pull towards the source's weights (Li, Grandvalet & Davoine 2018, arXiv:1802.01483)."""

from __future__ import annotations

from copy import deepcopy

import torch
from pydantic import Field
from torch import Tensor

from dabench import Batch, Problem

from .fine_tune import FineTune


class L2Sp(FineTune):
    """The squared distance from where tuning starts is a loss."""

    class Options(FineTune.Options):
        """Options.

        Attributes:
            alpha: of half the squared distance.
        """

        alpha: float = Field(0.1, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        super().setup(problem)
        self.start = deepcopy(self.network)

    def begin(self) -> None:
        super().begin()
        self.start.load_state_dict(self.network.state_dict())

    def tuning_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples, and the distance from the source's weights."""
        pairs = zip(self.network.parameters(), self.start.parameters(), strict=True)
        distance = torch.stack([(now - then).square().sum() for now, then in pairs]).sum()
        return {**super().tuning_losses(batch), "distance": self.options.alpha / 2 * distance}
