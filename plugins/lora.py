"""LoRA: low-rank changes of frozen weights (Hu et al. 2021, arXiv:2106.09685)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.utils import parametrize

from dabench import Problem, Stage

from .layers import norms, weighted
from .source_then_target import SourceThenTarget


class LowRank(nn.Module):
    """The change of a weight: W -> W + scale B A, where B begins as 0.

    A convolution's kernel (O, I, k, ...) is a matrix for it, O k x I k as in the authors' code.
    """

    def __init__(self, weight: Tensor, rank: int, scale: float) -> None:
        """Draw A.

        Args:
            weight: what is changed.
            rank: of the change; of a smaller weight the largest that it can have.
            scale: of it.
        """
        super().__init__()
        rows, columns = matrix_shape(weight)
        rank = min(rank, rows, columns)
        self.scale = scale
        self.a = nn.Parameter(torch.empty(rank, columns))
        self.b = nn.Parameter(torch.zeros(rows, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, weight: Tensor) -> Tensor:
        """The changed weight."""
        return weight + self.scale * (self.b @ self.a).view(weight.shape)


class Lora(SourceThenTarget):
    """Learn the source; then change every weight below the classifier by a product of two thin matrices.

    The weights of the source are frozen, and so are the statistics of batch norm; the classifier and the biases are
    trained. At first the change is 0.
    """

    class Options(SourceThenTarget.Options):
        """Options.

        Attributes:
            rate: few numbers learn, and at the suite's rate; those of the whole network learn at a tenth of it.
            rank: of the changes; a layer that allows no such rank has the largest that it does.
            alpha: they are multiplied by alpha / rank; the rank itself where it is 0.
        """

        rate: float = Field(1.0, gt=0)
        rank: int = Field(4, ge=1)
        alpha: float = Field(0.0, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Give every weight below the classifier a change of 0.

        Raises:
            ValueError: there is none, or the rank is larger than any of them allows.
        """
        super().setup(problem)
        scale = (self.options.alpha or self.options.rank) / self.options.rank
        below = [module for module in weighted(self.network).values() if module is not self.network.output]
        most = max((min(matrix_shape(module.weight)) for module in below), default=0)
        if self.options.rank > most:
            raise ValueError(
                f"lora: the rank {self.options.rank} is larger than any layer below the classifier allows, which is "
                f"{most}: take a smaller `rank`, or a backbone that trains something there"
            )
        for module in below:
            change = LowRank(module.weight, self.options.rank, scale)
            parametrize.register_parametrization(module, "weight", change)
        self._changes = [module for module in self.network.modules() if isinstance(module, LowRank)]

    def enter(self, stage: Stage) -> None:
        """Train everything but the changes on the source, and then the changes, the classifier and the biases."""
        super().enter(stage)
        changes = {id(weight) for change in self._changes for weight in change.parameters()}
        output = {id(weight) for weight in self.network.output.parameters()}
        for name, weight in self.network.named_parameters():
            small = id(weight) in changes
            of_target = small or id(weight) in output or name.endswith("bias")
            weight.requires_grad_(of_target if self._tuning else not small)

    def held(self) -> Sequence[nn.Module]:
        return norms(self.network)


def matrix_shape(weight: Tensor) -> tuple[int, int]:
    """The shape of a weight as a matrix: of a convolution's kernel (O, I, k, ...), O k and the rest."""
    rows = weight.shape[0] * (weight.shape[2] if weight.ndim > 2 else 1)
    return rows, weight.numel() // rows
