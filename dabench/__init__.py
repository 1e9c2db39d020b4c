"""dabench: a plugin-based benchmark suite for domain adaptation.

The public names below are imported when they are first used, so that a hook module costs no import of torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dabench.averaged_method import AveragedMethod
    from dabench.averaging import Averaged
    from dabench.backbones.base import Backbone
    from dabench.data.arrays import DomainArrays, Split
    from dabench.data.augmentation import View
    from dabench.hookspecs import hookimpl
    from dabench.methods import DeepMethod, FeatureMethod, Stage
    from dabench.problem import Batch, Problem
    from dabench.specs import (
        BackboneSpec,
        DomainSpec,
        FormatSpec,
        LauncherSpec,
        MethodSpec,
        Range,
        SelectorSpec,
        SuiteSpec,
    )

_WHERE = {
    "Averaged": "dabench.averaging",
    "AveragedMethod": "dabench.averaged_method",
    "Backbone": "dabench.backbones.base",
    "BackboneSpec": "dabench.specs",
    "Batch": "dabench.problem",
    "DeepMethod": "dabench.methods",
    "DomainArrays": "dabench.data.arrays",
    "DomainSpec": "dabench.specs",
    "FeatureMethod": "dabench.methods",
    "FormatSpec": "dabench.specs",
    "LauncherSpec": "dabench.specs",
    "MethodSpec": "dabench.specs",
    "Problem": "dabench.problem",
    "Range": "dabench.specs",
    "SelectorSpec": "dabench.specs",
    "Split": "dabench.data.arrays",
    "Stage": "dabench.methods",
    "SuiteSpec": "dabench.specs",
    "View": "dabench.data.augmentation",
    "hookimpl": "dabench.hookspecs",
}

__all__ = [
    "Averaged",
    "AveragedMethod",
    "Backbone",
    "BackboneSpec",
    "Batch",
    "DeepMethod",
    "DomainArrays",
    "DomainSpec",
    "FeatureMethod",
    "FormatSpec",
    "LauncherSpec",
    "MethodSpec",
    "Problem",
    "Range",
    "SelectorSpec",
    "Split",
    "Stage",
    "SuiteSpec",
    "View",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'dabench' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE])
