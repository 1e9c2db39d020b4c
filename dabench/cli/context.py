"""Global options and the plugins of this environment, for all commands."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click

from dabench.cli.say import echo

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry


class Context:
    """The `ctx.obj` of every command; get it with `pass_context`.

    Attributes:
        debug: show tracebacks.
        strict_plugins: a broken plugin is an error.
    """

    def __init__(self) -> None:
        self.debug = False
        self.strict_plugins = False

    @cached_property
    def registry(self) -> Registry:
        """The plugins. Broken ones are reported on stderr when this is first used, or raise a PluginError if strict."""
        from dabench.plugin.registry import load_registry

        registry = load_registry()
        registry.keeps_facts = True
        if self.strict_plugins:
            registry.check()
        for trouble in registry.troubles:
            echo(f"Warning: {trouble}", err=True)
        return registry


pass_context = click.make_pass_decorator(Context, ensure=True)
