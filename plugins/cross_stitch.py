"""Cross-stitch networks (Misra, Shrivastava, Gupta & Hebert 2016, arXiv:1604.03539)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from dabench import Backbone, Problem, Stage

from .layers import weighted
from .two_tasks import FIRST, SECOND, TwoTasks


class CrossStitch(TwoTasks):
    """A network for each task; after each block, both go on with learned mixtures of what the two have computed.

    First each network learns its task by itself, and then they are stitched. Every example passes both. The head of its
    own task is asked. Blocks are the convolutions of a trunk in sequence, each with what follows it, and the hidden
    layer; another trunk is one block.
    """

    class Options(TwoTasks.Options):
        """Options.

        Attributes:
            apart: the share of the budget in which the networks are not stitched.
            own: weight of a network's own values in the mixtures at first; the other's have 1 - own.
            per: whether every channel has its own weights, or they are those of the whole layer.
            rate: by which the suite's learning rate is multiplied for the weights of the mixtures.
        """

        apart: float = Field(0.5, gt=0, lt=1)
        own: float = Field(0.9, ge=0, le=1)
        per: Literal["channel", "layer"] = "channel"
        rate: float = Field(10.0, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the network of the second task, and the mixtures."""
        super().setup(problem)
        self.second = self.network.clone_for_shape(tuple(problem.target_x.shape[1:]))
        if self.options.second:
            self.second.output = self.output_of_second(problem)
        self._stitched = True
        x, start = problem.prepare(problem.source_x[:1]), self.options.own
        self.kept, self.taken = nn.ParameterList(), nn.ParameterList()
        training = self.network.training
        self.network.eval()
        with torch.no_grad():
            for block in blocks(self.network):
                x = block(x)
                channels = x.shape[1] if self.options.per == "channel" else 1
                self.kept.append(nn.Parameter(x.new_full((2, channels), start)))
                self.taken.append(nn.Parameter(x.new_full((2, channels), 1 - start)))
        self.network.train(training)

    def stages(self) -> Sequence[Stage]:
        """Both networks by themselves, and then all."""
        learned = [self.network, self.second]
        return [Stage("apart", self.options.apart, modules=learned), Stage("stitched", 1 - self.options.apart)]

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._stitched = stage.name == "stitched"

    def own(self, task: int) -> Sequence[nn.Module]:
        """The classifier; before the networks are stitched, the whole network."""
        network = (self.network, self.second)[task]
        return [network.output] if self._stitched else [network]

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The weights of the mixtures have a group of their own once they are learned."""
        if not self._stitched:
            return super().parameter_groups()
        mixtures = [*self.kept, *self.taken]
        mixed = {id(weights) for weights in mixtures}
        groups = dict(super().parameter_groups())
        main = [parameter for parameter in groups.pop("main") if id(parameter) not in mixed]
        return {**({"main": main} if main else {}), **groups, "mixtures": mixtures}

    def rates(self) -> dict[str, float]:
        return {"mixtures": self.options.rate} if self._stitched else {}

    def head(self, x: Tensor, task: int) -> Tensor:
        logits: Tensor = self._output(task)(self.columns(x)[task])
        return logits

    def heads(self, x: Tensor, rows: tuple[slice, slice]) -> tuple[Tensor, Tensor]:
        first, second = self.columns(x)
        return self._output(FIRST)(first[rows[FIRST]]), self._output(SECOND)(second[rows[SECOND]])

    def columns(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Examples (N, ...) -> last hidden layers (N, H) of both networks."""
        first = second = x
        each = zip(blocks(self.network), blocks(self.second), self.kept, self.taken, strict=True)
        for of_first, of_second, kept, taken in each:
            first, second = of_first(first), of_second(second)
            if self._stitched:
                first, second = stitched(first, second, kept, taken)
        return first, second

    def embed(self, x: Tensor) -> Tensor:
        return self.columns(x)[self.predicting]

    def embed_source(self, x: Tensor) -> Tensor:
        return self.columns(x)[FIRST]

    def _output(self, task: int) -> nn.Module:
        return (self.network, self.second)[task].output


def stitched(first: Tensor, second: Tensor, kept: Tensor, taken: Tensor) -> tuple[Tensor, Tensor]:
    """Two tensors (N, C, ...) -> their mixtures (eq. 1): of each its own share, and one of the other.

    The shares are (2, C), or (2, 1) for a whole layer: a row for each mixture.
    """
    shape = (2, -1, *[1] * (first.dim() - 2))
    own, other = kept.reshape(shape), taken.reshape(shape)
    return own[0] * first + other[0] * second, own[1] * second + other[1] * first


def blocks(network: Backbone) -> Iterator[nn.Module]:
    """The blocks of a network below its classifier, in order; the last of the trunk gives features (N, F)."""
    parts = list(network.trunk) if isinstance(network.trunk, nn.Sequential) else [network.trunk]
    begins = [number for number, part in enumerate(parts) if weighted(part)] or [0]
    ends = [*begins[1:], len(parts)]
    for begin, end in zip([0, *begins[1:]], ends, strict=True):
        yield nn.Sequential(*parts[begin:end], *([nn.Flatten()] if end == len(parts) else []))
    yield network.hidden
