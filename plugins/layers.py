"""Layers of a network: a layer is what has a matrix of weights, with the normalisation that follows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

NAMED = r"^(all|last|(first|last):[1-9][0-9]*)$"
"""Names of layers in an option: all of them, the last, or so many of the first or the last."""


def layers(network: nn.Module) -> list[list[nn.Module]]:
    """The modules of each layer that have parameters of their own, from the input on."""
    found: list[list[nn.Module]] = []
    for module in network.modules():
        own = list(module.parameters(recurse=False))
        if any(parameter.ndim > 1 for parameter in own) or (own and not found):
            found.append([])
        if own:
            found[-1].append(module)
    return found


def named_layers(network: nn.Module, name: str) -> list[nn.Module]:
    """The modules of the layers that an option names, as `NAMED` says.

    Raises:
        ValueError: there are fewer.
    """
    all_layers = layers(network)
    end, _, number = name.partition(":")
    count = int(number) if number else (1 if end == "last" else len(all_layers))
    if count > len(all_layers):
        raise ValueError(f"{name} asks for {count} layers, and the network has {len(all_layers)}: name fewer")
    chosen = all_layers[-count:] if end == "last" else all_layers[:count]
    return [module for layer in chosen for module in layer]


def weighted(network: nn.Module) -> dict[str, Any]:
    """The convolutions and matrices of a network by name, from the input on."""
    kinds = (nn.Linear, nn.Conv1d, nn.Conv2d)
    return {name: module for name, module in network.named_modules() if isinstance(module, kinds)}


def norms(network: nn.Module) -> list[nn.Module]:
    """The normalisation layers of a network."""
    kinds = (_BatchNorm, nn.LayerNorm, nn.GroupNorm)
    return [module for module in network.modules() if isinstance(module, kinds)]


def statistics(modules: Iterable[nn.Module]) -> int:
    """The number of running statistics of the batch norms among some modules."""
    kept = [norm for norm in modules if isinstance(norm, _BatchNorm)]
    return sum(part.numel() for norm in kept for part in (norm.running_mean, norm.running_var) if part is not None)


def size(parameters: Iterable[nn.Parameter]) -> int:
    """The number of weights, each counted once."""
    return sum(parameter.numel() for parameter in {id(each): each for each in parameters}.values())
