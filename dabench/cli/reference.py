"""Pages of reference that are made from the code: the help of every command, every hook, the suites that ship."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dabench.plugin.registry import Registry

WIDTH = 100  # of the help of commands, in characters


def commands_page() -> str:
    """The help of every command."""
    from dabench.cli.main import cli

    lines = ["# Every command's help", "", "As `dabench docs commands` prints it.", ""]
    for name, text in _helps(cli, "dabench", None):
        lines += [f"## {name}", "", "```text", text, "```", ""]
    return "\n".join(lines)


def _helps(command: click.Command, name: str, above: click.Context | None) -> Iterator[tuple[str, str]]:
    """The full name and the help of a command, and of those in it."""
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=above, max_content_width=WIDTH,
                            terminal_width=WIDTH)  # fmt: skip
    yield name, "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    if isinstance(command, click.Group):
        for inside in command.list_commands(context):
            found = command.get_command(context, inside)
            if found is not None and not found.hidden:
                yield from _helps(found, f"{name} {inside}", context)


def hooks_page() -> str:
    """The hooks that a plugin may implement, with their exact signatures."""
    from dabench.plugin import hookspecs

    about, _, _ = inspect.cleandoc(hookspecs.__doc__ or "").partition("\n\n")
    lines = ["# Hooks", "", "As `dabench docs hooks` prints it from `dabench/plugin/hookspecs.py`.", ""]
    lines.append(
        f"{about} A plugin is a module with functions of these names and the decorator `@hookimpl`, named by an entry "
        "point of the group `dabench`. An implementation takes those of the arguments that it needs."
    )
    for name, hook in vars(hookspecs).items():
        if name.startswith("dabench_") and inspect.isfunction(hook):
            lines += ["", f"## {name}", "", "```python", f"def {name}{_signature(hook)}", "```", "", *_parts(hook)]
    return "\n".join([*lines, ""])


def _signature(hook: Callable[..., object]) -> str:
    return str(inspect.signature(hook)).replace("'", "")  # annotations are text


def _parts(hook: object) -> Iterator[str]:
    """The docstring of a hook: prose, arguments as a list, and its example as code."""
    first = True
    for part in inspect.cleandoc(inspect.getdoc(hook) or "").split("\n\n"):
        title, _, rest = part.partition("\n")
        body = textwrap.dedent(rest)
        if not first and not title.startswith((" ", "Example:", "Args:")):
            yield ""
        if title == "Args:":
            yield ""
            for line in body.splitlines():
                name, _, meaning = line.partition(":")
                yield line if line.startswith(" ") else f"- `{name}`:{meaning}"
        elif title == "Example:":
            code = textwrap.dedent(inspect.cleandoc(inspect.getdoc(hook) or "").partition("Example:\n")[2])
            yield from ["", "```python", code, "```"]
            return
        else:
            yield " ".join(part.split())
        first = False


def suites_page(registry: Registry) -> str:
    """The suites that come with dabench."""
    from dabench.config.suite_file import find_suite
    from dabench.specs.names import BOUNDS
    from dabench.specs.spec import SuiteSpec

    lines = [
        "# Shipped suites",
        "",
        "As `dabench docs suites` prints it from `dabench/suites/`.",
        "",
        "| suite | what | track | pairs | methods | seeds | steps | network |",
        "| --- | --- | --- | ---: | --- | --- | ---: | --- |",
    ]
    for name, found in sorted(registry.all(SuiteSpec).items()):
        if found.origin.distribution != "dabench":
            continue
        suite = find_suite(name, registry)
        methods = list(dict.fromkeys(entry.method for entry in suite.methods if entry.method not in BOUNDS))
        seeds = f"{min(suite.seeds)}-{max(suite.seeds)}" if len(suite.seeds) > 1 else str(suite.seeds[0])
        steps = "" if suite.budget is None else f"{suite.budget.steps:,}"
        fields = [
            f"`{name}`",
            found.spec.summary,
            suite.track,
            str(len(suite.pairs)),
            ", ".join(methods),
            seeds,
            steps,
            suite.backbone.name,
        ]
        lines.append(f"| {' | '.join(fields)} |")
    return "\n".join([*lines, ""])
