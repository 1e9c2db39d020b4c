import os
import signal
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from dabench import Backbone, DeepMethod, FeatureMethod, Stage


class ToyNet(Backbone):
    class Options(Backbone.Options):
        hidden: int = 8
        batch_norm: bool = False

    def __init__(self, input_shape, classes, options):
        super().__init__(input_shape, classes, options)
        channels = input_shape[0]
        norm = [nn.BatchNorm2d(8)] if options.batch_norm else []
        rest = nn.ReLU(), nn.Dropout(0.2), nn.AdaptiveAvgPool2d(1)
        self.trunk = nn.Sequential(nn.Conv2d(channels, 8, 3), *norm, *rest)
        self.feature_size = 8
        self.hidden = nn.Sequential(nn.Linear(8, options.hidden), nn.ReLU())
        self.output = nn.Linear(options.hidden, classes)


class Plain(DeepMethod):
    def losses(self, batch):
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}


class Raises(Plain):
    def losses(self, batch):
        if batch.step == 5:
            raise RuntimeError("the toy broke at step 5")
        return super().losses(batch)


class Dies(Plain):
    def losses(self, batch):
        if batch.step == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().losses(batch)


class Exits(Plain):
    def losses(self, batch):
        os._exit(7)


class NotANumber(Plain):
    def losses(self, batch):
        extra = torch.tensor(float("nan") if batch.step == 9 else 0.0)
        return {**super().losses(batch), "extra": extra}


class OneClass(Plain):
    def predict(self, x):
        logits = super().predict(x)
        return logits * 0 + torch.tensor([0.0, 0.0, 1.0])


class Slow(Plain):
    def losses(self, batch):
        time.sleep(0.05)
        return super().losses(batch)


class Waits(Plain):
    """Waits for a file, where TOY_GATE names one, and says by another that it does."""

    def losses(self, batch):
        gate = os.environ.get("TOY_GATE")
        if gate and batch.step == 5:
            Path(f"{gate}.reached").touch()
            while not Path(gate).exists():
                time.sleep(0.01)
        return super().losses(batch)


class Stuck(Plain):
    def losses(self, batch):
        time.sleep(3600)


class Prints(Plain):
    def losses(self, batch):
        if batch.step == 0:
            print("printed by the toy")
            print("on stderr by the toy", file=sys.stderr)
            warnings.warn("warned by the toy", stacklevel=1)
        return super().losses(batch)


class Stages(Plain):
    """Trains everything, then the output layer alone with another loss."""

    def stages(self):
        return [Stage("all", 0.75), Stage("output", 0.25, losses=self.output_losses, modules=[self.network.output])]

    def output_losses(self, batch):
        return {"output": 0.5 * super().losses(batch)["class"]}


class Peeks(Plain):
    """Uses target labels, though its spec does not declare it."""

    def losses(self, batch):
        return {"class": cross_entropy(self.classify(self.features(batch.target_x)), batch.target_y)}


class MeanShift(FeatureMethod):
    """Moves the source's mean onto the target's."""

    class Options(FeatureMethod.Options):
        strength: float = 1.0

    def fit(self, problem):
        shift = problem.target_x.mean(axis=0) - problem.source_x.mean(axis=0)
        self.model = self.classifier()
        self.model.fit(problem.source_x + np.float32(self.options.strength) * shift, problem.source_y)

    def predict(self, x):
        return self.model.decision_function(x)
