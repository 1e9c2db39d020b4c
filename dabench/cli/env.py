"""`dabench env`: what a bug report should say about a machine."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, write

PACKAGES = ("dabench", "torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_context
def command(context: Context, as_json: bool) -> None:
    """Show versions, folders and plugins."""
    facts = _facts(context)
    if as_json:
        write(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        echo(f"{name.ljust(width)}  {', '.join(value) if isinstance(value, list) else value}")


def _facts(context: Context) -> dict[str, Any]:
    from dabench.data.folder import data_dir
    from dabench.runs.machine import environment

    plugins = [
        f"{plugin.origin} {plugin.origin.version}"
        + (" (broken)" if plugin.error else " (disabled)" if plugin.disabled else "")
        for plugin in context.registry.plugins
    ]
    here = environment("cpu")
    return {
        **{package: _version(package) for package in PACKAGES},
        "torch": here.torch,  # with its build, as records have it
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        **{name: getattr(here, name) for name in ("processor", "cpu_capability", "onednn_isa", "blas")},
        "cuda": _cuda(),
        "data_dir": str(data_dir()),
        "results_dir": os.environ.get("DABENCH_RESULTS", "results"),
        "plugins": plugins,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _cuda() -> str:
    """The CUDA devices, or that there are none."""
    import torch

    devices = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return ", ".join(devices) or "none"
