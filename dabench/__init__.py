"""dabench: a plugin-based benchmark suite for domain adaptation.

`run`, `load` and `pair` are for whoever makes runs from Python, the rest for authors of plugins. All names are imported
when they are first used, so that a hook module costs no import of torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from dabench.api.leaderboard import Leaderboard
    from dabench.api.results import Results, load
    from dabench.api.run import run
    from dabench.api.trained_model import TrainedModel
    from dabench.backbones.base import Backbone
    from dabench.data.arrays import DomainArrays, Split
    from dabench.data.augmentation import View
    from dabench.domains.own.given import Pair, pair
    from dabench.methods.averaged_method import AveragedMethod
    from dabench.methods.averaged_network import Averaged
    from dabench.methods.base import DeepMethod, FeatureMethod, Stage
    from dabench.methods.pool import Pool, top
    from dabench.methods.problem import Batch, Problem
    from dabench.plugin.hookspecs import hookimpl
    from dabench.runner.launchers.base import Launcher
    from dabench.runner.launchers.cluster import ClusterLauncher
    from dabench.runner.launchers.order import WaitingJobs
    from dabench.specs.spec import (
        AskSpec,
        BackboneSpec,
        CheckFormatSpec,
        DomainSpec,
        FormatSpec,
        LauncherSpec,
        MethodSpec,
        ObserverSpec,
        Range,
        SelectorSpec,
        SuiteSpec,
    )

_WHERE = {
    "AskSpec": "dabench.specs.spec",
    "Averaged": "dabench.methods.averaged_network",
    "AveragedMethod": "dabench.methods.averaged_method",
    "Backbone": "dabench.backbones.base",
    "BackboneSpec": "dabench.specs.spec",
    "Batch": "dabench.methods.problem",
    "CheckFormatSpec": "dabench.specs.spec",
    "ClusterLauncher": "dabench.runner.launchers.cluster",
    "DeepMethod": "dabench.methods.base",
    "DomainArrays": "dabench.data.arrays",
    "DomainSpec": "dabench.specs.spec",
    "FeatureMethod": "dabench.methods.base",
    "FormatSpec": "dabench.specs.spec",
    "Launcher": "dabench.runner.launchers.base",
    "LauncherSpec": "dabench.specs.spec",
    "Leaderboard": "dabench.api.leaderboard",
    "MethodSpec": "dabench.specs.spec",
    "ObserverSpec": "dabench.specs.spec",
    "Pair": "dabench.domains.own.given",
    "Pool": "dabench.methods.pool",
    "Problem": "dabench.methods.problem",
    "Range": "dabench.specs.spec",
    "Results": "dabench.api.results",
    "SelectorSpec": "dabench.specs.spec",
    "Split": "dabench.data.arrays",
    "Stage": "dabench.methods.base",
    "SuiteSpec": "dabench.specs.spec",
    "TrainedModel": "dabench.api.trained_model",
    "View": "dabench.data.augmentation",
    "WaitingJobs": "dabench.runner.launchers.order",
    "hookimpl": "dabench.plugin.hookspecs",
    "load": "dabench.api.results",
    "pair": "dabench.domains.own.given",
    "run": "dabench.api.run",
    "top": "dabench.methods.pool",
}

__all__ = [
    "AskSpec",
    "Averaged",
    "AveragedMethod",
    "Backbone",
    "BackboneSpec",
    "Batch",
    "CheckFormatSpec",
    "ClusterLauncher",
    "DeepMethod",
    "DomainArrays",
    "DomainSpec",
    "FeatureMethod",
    "FormatSpec",
    "Launcher",
    "LauncherSpec",
    "Leaderboard",
    "MethodSpec",
    "ObserverSpec",
    "Pair",
    "Pool",
    "Problem",
    "Range",
    "Results",
    "SelectorSpec",
    "Split",
    "Stage",
    "SuiteSpec",
    "TrainedModel",
    "View",
    "WaitingJobs",
    "hookimpl",
    "load",
    "pair",
    "run",
    "top",
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
