"""The network of Ganin et al. (2016, JMLR 17(59)), 4.1: one hidden layer, for vectors."""

from __future__ import annotations

from math import prod

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone


class Shallow(Backbone):
    """Vector -> sigmoid units -> classes. The hidden layer is at once the features and the embedding.

    Weights begin uniform within sqrt(6 / (inputs + outputs)), and biases at 0, as in the authors' code.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            hidden: units of the hidden layer. The paper has 50 or 100, chosen by reverse validation.
        """

        hidden: int = Field(100, ge=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        self.feature_size = options.hidden
        first = nn.Linear(prod(input_shape), options.hidden)
        self.trunk = nn.Sequential(nn.Flatten(), first, nn.Sigmoid())
        self.hidden = nn.Identity()
        self.output = nn.Linear(options.hidden, classes)
        for layer in (first, self.output):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def domain_head(self) -> nn.Module:
        """A new domain classifier, features (N, F) -> one logit (N, 1): logistic regression that begins at 0."""
        head = nn.Linear(self.feature_size, 1)
        nn.init.zeros_(head.weight)
        nn.init.zeros_(head.bias)
        return head
