"""Methods that keep the contract, one for each shape a method can have; mutants are made from them."""

from __future__ import annotations

import copy

import torch
from dabench_plugins.coral import Coral
from dabench_plugins.dann import Dann
from pydantic import Field
from torch import nn
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax

from dabench import DeepMethod, MethodSpec

__all__ = ["CLEAN", "Cmd", "Consistency", "Coral", "Dann", "MatchMeans", "MeanTeacher", "TargetNorm"]


class MatchMeans(DeepMethod):
    """Pulls mean features together."""

    class Options(DeepMethod.Options):
        weight: float = 0.1

    def losses(self, batch):
        source, target = self.features(batch.source_x), self.features(batch.target_x)
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "means": self.options.weight * self.gap(source, target),
        }

    def gap(self, source, target):
        return (source.mean(0) - target.mean(0)).square().sum()


class Cmd(DeepMethod):
    """Central moment discrepancy (Zellinger et al. 2017, arXiv:1702.08811) of bounded features."""

    class Options(DeepMethod.Options):
        weight: float = 1.0
        moments: int = Field(5, ge=1)

    def losses(self, batch):
        source, target = self.features(batch.source_x), self.features(batch.target_x)
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "cmd": self.options.weight * self.discrepancy(torch.tanh(source), torch.tanh(target)),
        }

    def discrepancy(self, source, target):
        """Distance of the means, and of the central moments up to an order, of values in [-1, 1]."""
        means = source.mean(0), target.mean(0)
        total = distance(*means) / 2
        for order in range(2, self.options.moments + 1):
            moments = [((x - mean) ** order).mean(0) for x, mean in zip((source, target), means, strict=True)]
            total = total + distance(*moments) / 2**order
        return total


def distance(a, b):
    """Euclidean; the square root has no gradient at 0."""
    return ((a - b).square().sum() + 1e-12).sqrt()


class CmdOfTheHiddenLayer(Cmd):
    """Central moment discrepancy where the paper has it: on a hidden layer of sigmoids."""

    def losses(self, batch):
        source, target = self.features(batch.source_x), self.features(batch.target_x)
        hidden = [torch.sigmoid(self.network.hidden(x)) for x in (source, target)]
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "cmd": self.options.weight * self.discrepancy(*((2 * h - 1) for h in hidden)),
        }


def augment(x):
    """Another contrast and brightness for each image, shifted by up to two pixels."""
    x = x * (0.5 + torch.rand(len(x), 1, 1, 1, device=x.device)) + 0.3 * (torch.rand_like(x[:, :1, :1, :1]) - 0.5)
    down, right = torch.randint(-2, 3, (2,)).tolist()
    return torch.roll(x, (down, right), (2, 3)) + 0.05 * torch.randn_like(x)


class Consistency(DeepMethod):
    """An augmented target image is to be classified as the image itself (UDA in small)."""

    class Options(DeepMethod.Options):
        weight: float = 1.0
        temperature: float = 0.4
        confidence: float = 0.8

    def losses(self, batch):
        with torch.no_grad():
            logits = self.classify(self.features(batch.target_x))
            wanted = softmax(logits / self.options.temperature, 1)
            sure = softmax(logits, 1).amax(1) > self.options.confidence
        got = log_softmax(self.classify(self.features(augment(batch.target_x))), 1)
        return {
            "class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y),
            "consistency": self.options.weight * (kl_div(got, wanted, reduction="none").sum(1) * sure).mean(),
        }


class MeanTeacher(DeepMethod):
    """The average of earlier networks tells what a target image is (self-ensembling in small)."""

    class Options(DeepMethod.Options):
        weight: float = 3.0
        decay: float = 0.9

    def setup(self, problem):
        self.teacher = copy.deepcopy(self.network).requires_grad_(False)

    def enter(self, stage):
        super().enter(stage)
        self.teacher.requires_grad_(False)

    def losses(self, batch):
        with torch.no_grad():
            wanted = softmax(self.teacher.classify(self.teacher.features(batch.target_x)), 1)
        got = softmax(self.classify(self.features(augment(batch.target_x))), 1)
        return {
            "class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y),
            "consistency": self.options.weight * (got - wanted).square().mean(),
        }

    def step(self, batch):
        losses = super().step(batch)
        with torch.no_grad():
            for old, new in zip(self.teacher.state_dict().values(), self.network.state_dict().values(), strict=True):
                if old.dtype.is_floating_point:
                    old.lerp_(new, 1 - self.options.decay)
                else:
                    old.copy_(new)
        return losses

    def predict(self, x):
        return self.teacher.classify(self.teacher.features(x))


class TargetNorm(MatchMeans):
    """The target passes last, without a loss, in the final fifth: batch norm learns its statistics (AdaBN in small)."""

    class Options(DeepMethod.Options):
        from_: float = 0.8

    def losses(self, batch):
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def step(self, batch):
        norms = [module for module in self.modules() if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)]
        kept = [(norm.running_mean.clone(), norm.running_var.clone()) for norm in norms]
        losses = super().step(batch)
        if batch.progress >= self.options.from_:  # only the target counts
            for norm, (mean, variance) in zip(norms, kept, strict=True):
                norm.running_mean.copy_(mean)
                norm.running_var.copy_(variance)
            with torch.no_grad():
                self.features(batch.target_x)
        return losses


def spec(cls: type, **fields: object) -> MethodSpec:
    """The spec of a class, without a plugin."""
    return MethodSpec(
        name=cls.__name__.lower(), entry_point=f"{cls.__module__}:{cls.__name__}", summary="for tests", **fields
    )


CLEAN = (
    spec(MatchMeans, off={"weight": 0}),
    spec(Cmd, off={"weight": 0}),
    spec(CmdOfTheHiddenLayer, off={"weight": 0}),
    spec(MeanTeacher, toy="images", without_target={"weight": 0}),
)
FOR_IMAGES = (spec(Consistency, toy="images", without_target={"weight": 0}), spec(TargetNorm, toy="images"))
