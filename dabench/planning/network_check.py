"""Whether the networks of a suite take the shape of its data: built and asked for one example, without training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from dabench.config.options import validated
from dabench.config.settings import Named
from dabench.config.suite import PairEntry, Suite
from dabench.errors import DabenchError
from dabench.plugin.registry import Registry
from dabench.seeding import drawing_from
from dabench.specs.spec import BackboneSpec

CPU = torch.device("cpu")


def backbones_of(suite: Suite, pair: PairEntry) -> Iterator[Named]:
    """The backbones that the methods of a suite have on a pair, each once."""
    of_pair = pair.backbone or suite.backbone
    recipes = [entry.recipe.backbone for entry in suite.methods if entry.recipe.backbone]
    found: list[Named] = []
    for one in (of_pair, *recipes):
        if one not in found:
            found.append(one)
            yield one


def refusal(named: Named, registry: Registry, shape: tuple[int, ...], classes: int) -> str:
    """The reason why a backbone does not take examples of a shape, as in a run's error; empty if it does.

    Args:
        named: the backbone with its options.
        registry: of plugins.
        shape: of an example.
        classes: how many there are.
    """
    try:
        spec = registry.get(BackboneSpec, named.name).spec
        if not spec.trains:
            return "" if len(shape) == 1 else f"{spec.name} takes vectors (D,), not examples of the shape {shape}"
        with drawing_from(0, "check", CPU), torch.no_grad():
            _ask(spec.load(), named.options, spec.name, shape, classes)
    except DabenchError as error:
        return str(error)
    except Exception as error:  # a plugin's network may raise anything, and torch has errors of every kind
        reason = (str(error).splitlines() or [""])[0]
        return f"{named.name} does not take examples of the shape {shape}: {type(error).__name__}: {reason}"
    return ""


def _ask(cls: Any, given: dict[str, Any], name: str, shape: tuple[int, ...], classes: int) -> None:
    """Send one example through a new network."""
    options = validated(cls, given, name)
    x = torch.zeros(1, *shape)
    if cls.frozen_key(options) is not None:
        x = cls.frozen_part(shape, options)(x)
    network = cls(tuple(x.shape[1:]), classes, options).eval()
    network.classify(network.features(x))
