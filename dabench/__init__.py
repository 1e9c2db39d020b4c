"""dabench: a plugin-based benchmark suite for domain adaptation.

The public names below are imported when they are first used, so that a hook module costs no import of torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from dabench.backbones.base import Backbone
    from dabench.data.arrays import DomainArrays, Split
    from dabench.data.augmentation import View
    from dabench.methods.averaged_method import AveragedMethod
    from dabench.methods.averaged_network import Averaged
    from dabench.methods.base import DeepMethod, FeatureMethod, Stage
    from dabench.methods.problem import Batch, Problem
    from dabench.plugin.hookspecs import hookimpl
    from dabench.specs.spec import (
        BackboneSpec,
        CheckFormatSpec,
        DomainSpec,
        FormatSpec,
        LauncherSpec,
        MethodSpec,
        Range,
        SelectorSpec,
        SuiteSpec,
    )

_WHERE = {
    "Averaged": "dabench.methods.averaged_network",
    "AveragedMethod": "dabench.methods.averaged_method",
    "Backbone": "dabench.backbones.base",
    "BackboneSpec": "dabench.specs.spec",
    "Batch": "dabench.methods.problem",
    "CheckFormatSpec": "dabench.specs.spec",
    "DeepMethod": "dabench.methods.base",
    "DomainArrays": "dabench.data.arrays",
    "DomainSpec": "dabench.specs.spec",
    "FeatureMethod": "dabench.methods.base",
    "FormatSpec": "dabench.specs.spec",
    "LauncherSpec": "dabench.specs.spec",
    "MethodSpec": "dabench.specs.spec",
    "Problem": "dabench.methods.problem",
    "Range": "dabench.specs.spec",
    "SelectorSpec": "dabench.specs.spec",
    "Split": "dabench.data.arrays",
    "Stage": "dabench.methods.base",
    "SuiteSpec": "dabench.specs.spec",
    "View": "dabench.data.augmentation",
    "hookimpl": "dabench.plugin.hookspecs",
}

__all__ = [
    "Averaged",
    "AveragedMethod",
    "Backbone",
    "BackboneSpec",
    "Batch",
    "CheckFormatSpec",
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
    if name == "__version__":
        from importlib.metadata import version

        return version("dabench")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'dabench' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_WHERE, "__version__"])
