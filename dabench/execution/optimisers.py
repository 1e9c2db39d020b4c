"""torch's optimisers, without what they do for `torch.compile`.

Some of their methods ask the compiler to leave them alone, and import it for that: seconds and 200 MB in every worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import unwrap
from typing import Any

import torch
from torch import Tensor

from dabench.config.settings import Optimiser
from dabench.errors import DabenchError


class _Plain(torch.optim.Optimizer):
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    _zero_grad = unwrap(torch.optim.Optimizer.zero_grad)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or fill them with zeros."""
        if not set_to_none:
            self._zero_grad(set_to_none=False)
            return
        for group in self.param_groups:
            for weight in group["params"]:
                weight.grad = None


class Sgd(_Plain, torch.optim.SGD):
    """Stochastic gradient descent."""

    _torchs_step = unwrap(torch.optim.SGD.step)

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """One step: the call that torch's own comes to, without a look at each tensor in Python."""
        tensors = [of_group for group in self.param_groups if (of_group := self._tensors(group))]
        if closure is not None or len(tensors) < len(self.param_groups):
            return self._torchs_step(closure)
        for group, (weights, grads, momenta) in zip(self.param_groups, tensors, strict=True):
            torch._fused_sgd_(
                weights,
                grads,
                momenta,
                weight_decay=group["weight_decay"],
                momentum=group["momentum"],
                lr=group["lr"],
                dampening=group["dampening"],
                nesterov=group["nesterov"],
                maximize=group["maximize"],
                is_first_step=False,
            )
        return None

    def _tensors(self, group: dict[str, Any]) -> tuple[list[Tensor], list[Tensor], list[Tensor]] | None:
        """Weights, gradients and momenta of a group; None if one is missing, or if they are of several kinds."""
        weights = group["params"]
        grads = [weight.grad for weight in weights]
        momenta = [self.state[weight].get("momentum_buffer") for weight in weights] if group["momentum"] else []
        alike = len({(weight.device, weight.dtype) for weight in weights}) == 1
        complete = alike and all(tensor is not None for tensor in [*grads, *momenta])
        return (weights, grads, momenta) if complete else None


class Adam(_Plain, torch.optim.Adam):
    """Adam."""

    step = torch.no_grad()(unwrap(torch.optim.Adam.step))


class AdamW(_Plain, torch.optim.AdamW):
    """Adam with decoupled weight decay."""

    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))


def optimiser(
    settings: Optimiser, parameters: Iterable[torch.nn.Parameter], factors: Mapping[torch.nn.Parameter, float]
) -> torch.optim.Optimizer:
    """The suite's optimiser for some parameters, all updated in one call for each factor of the learning rate.

    Args:
        settings: of the suite.
        parameters: those that are trained among them.
        factors: of the learning rate of some of them; groups of parameters hold theirs as `factor`.

    Raises:
        DabenchError: none of them is trained.
    """
    by_factor: dict[float, list[torch.nn.Parameter]] = {}
    for parameter in parameters:
        if parameter.requires_grad:
            by_factor.setdefault(factors.get(parameter, 1.0), []).append(parameter)
    if not by_factor:
        raise DabenchError("this stage has nothing to train: the backbone has no parameters of its own")
    trained = [{"params": group, "factor": factor} for factor, group in by_factor.items()]
    rate, decay = settings.lr, settings.weight_decay
    match settings.name:
        case "sgd":
            momentum, nesterov = settings.momentum, settings.nesterov
            return Sgd(trained, rate, momentum, weight_decay=decay, nesterov=nesterov, fused=True)
        case "adam":
            return Adam(trained, rate, settings.betas, weight_decay=decay, fused=True)
        case "adamw":
            return AdamW(trained, rate, settings.betas, weight_decay=decay, fused=True)
