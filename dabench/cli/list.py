"""`dabench list`: the things that the plugins of this environment offer."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from dabench.cli.context import Context, pass_context
from dabench.cli.fields import options_of
from dabench.cli.say import echo, show_json
from dabench.errors import unknown
from dabench.leaderboard.formats.columns import aligned
from dabench.plugin.registry import KINDS, Plugin, Registry
from dabench.specs.download import Download
from dabench.specs.renamed import with_old_names
from dabench.specs.spec import LauncherSpec, Registered, Spec, SuiteSpec

Listed = dict[str, Any]

CHOICES = ("methods", "domains", "pairs", *(kind for kind in KINDS if kind not in ("methods", "domains")), "plugins")

# What a person must know before using it, by the field that says so.
MARKS = {
    "sees_target_labels": "sees target labels",
    "uses_target_labels": "uses target labels",
    "regenerated": "regenerated",
}


def complete_kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Kinds at the prompt."""
    return [kind for kind in CHOICES if kind.startswith(incomplete)]


@click.command()
@click.argument("kind", required=False, shell_complete=complete_kinds)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of objects, with every field.")
@pass_context
def command(context: Context, kind: str | None, as_json: bool) -> None:
    """List the things of one KIND; without it, the number of each.

    KIND is methods, domains, pairs, suites, backbones, selectors, asks (rules of the track active), launchers, formats
    (of `dabench table`), check_formats, observers (of `--log`) or plugins.
    """
    if kind is not None and kind not in CHOICES:
        raise unknown("kind", kind, CHOICES, listing="dabench list")
    rows = _summary(context.registry) if kind is None else _rows(context.registry, kind)
    if as_json:
        show_json(rows)
    else:
        echo(aligned([_columns(row) for row in rows]))


def _rows(registry: Registry, kind: str) -> list[Listed]:
    """One row for each thing of a kind, with every field."""
    if kind == "plugins":
        return [_plugin_row(plugin) for plugin in registry.plugins]
    if kind == "pairs":
        return _pair_rows(registry)
    return [_spec_row(registered) for registered in registry.all(KINDS[kind]).values()]


def _pair_rows(registry: Registry) -> list[Listed]:
    from dabench.config.pairs import suites_by_pair

    found, errors = suites_by_pair(registry.all(SuiteSpec))
    for error in errors:
        echo(f"Warning: {error}", err=True)
    return [{"name": pair, "suites": suites} for pair, suites in found.items()]


def _spec_row(registered: Registered[Spec]) -> Listed:
    row = with_old_names(type(registered.spec), dataclasses.asdict(registered.spec))
    if "downloads" in row:
        row["downloads"] = [with_old_names(Download, download) for download in row["downloads"]]
    if isinstance(registered.spec, LauncherSpec):
        row["options"] = options_of(registered.spec.entry_point)
    return row | {"origin": dataclasses.asdict(registered.origin)}


def _plugin_row(plugin: Plugin) -> Listed:
    state = "broken" if plugin.error else "disabled" if plugin.disabled else "ok"
    return {
        "name": str(plugin.origin),
        "state": state,
        "module": plugin.module,
        "error": plugin.error,
        "origin": dataclasses.asdict(plugin.origin),
    }


def _summary(registry: Registry) -> list[Listed]:
    """One row for each kind."""
    names = {kind: [row["name"] for row in _rows(registry, kind)] for kind in CHOICES}
    return [{"kind": kind, "count": len(found), "names": found} for kind, found in names.items()]


def _columns(row: Listed) -> list[str]:
    """The columns of a row for people; the rest is for `--json`."""
    if "kind" in row:
        return [row["kind"], str(row["count"]), ", ".join(row["names"])]
    if "suites" in row:
        return [row["name"], ", ".join(row["suites"])]
    distribution = "{distribution} {version}".format(**row["origin"])
    if "state" in row:
        return [row["name"], distribution, row["module"], row["state"], row["error"]]
    if "options" in row:
        return [row["name"], distribution, row["summary"], ", ".join(row["options"])]
    marks = [text for field, text in MARKS.items() if row.get(field)]
    return [row["name"], distribution, row["summary"] + (f" ({', '.join(marks)})" if marks else "")]
