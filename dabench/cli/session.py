"""The run session of a command: methods may be files, and messages go to stderr."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dabench.cli.say import echo
from dabench.plugin.method_file import with_files
from dabench.session.run_session import RunSession

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry
    from dabench.session.choices import RunChoices


def open_session(registry: Registry, choices: RunChoices, methods: Iterable[str] = ()) -> tuple[RunSession, list[str]]:
    """The session of a command, and the names of the methods and rows that it names.

    Args:
        registry: of plugins.
        choices: the options of the command.
        methods: items of `--methods`: names, rows, and files as in `./my_method.py:MyMethod`.

    Raises:
        UsageError: there is no such launcher, method or file.
        PluginError: a file cannot be run.
    """
    wider, names = with_files(registry, list(methods))
    return RunSession(wider, choices, names, lambda text: echo(text, err=True)), names
