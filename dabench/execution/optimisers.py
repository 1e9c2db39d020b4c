"""torch's optimisers, without what they do for `torch.compile`.

Some of their methods ask the compiler to leave them alone, and import it for that: seconds and 200 MB in every worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import unwrap

import torch

from dabench.config.settings import Optimiser
from dabench.errors import DabenchError


class _Plain(torch.optim.Optimizer):
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    zero_grad = unwrap(torch.optim.Optimizer.zero_grad)


class Sgd(_Plain, torch.optim.SGD):
    """Stochastic gradient descent."""

    step = torch.no_grad()(unwrap(torch.optim.SGD.step))


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
