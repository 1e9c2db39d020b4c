"""`dabench data check`: read the data of a suite and say what is there and what would break."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dabench.cli.completion import complete_suites
from dabench.cli.context import Context, pass_context
from dabench.cli.say import echo, write
from dabench.leaderboard.formats.columns import aligned

if TYPE_CHECKING:
    from dabench.planning.data_check import Seen, Survey

WIDTH = 100
MOST = 20  # of what is left out of a domain, and of columns, unless all are asked for
MOST_CLASSES = 50


@click.command("check")
@click.argument("suite", shell_complete=complete_suites)
@click.option("--all", "everything", is_flag=True, help="Name everything that is left out, however long the list.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@pass_context
def command(context: Context, suite: str, everything: bool, as_json: bool) -> int:
    """Read the data of SUITE (a name or a .yaml file), and say what is there.

    Shows domains, classes and counts, what cannot be read, duplicates across splits and domains, and classes missing on
    one side of a pair. Decodes what is not decoded yet. The exit code is 1 if runs would fail.
    """
    from dabench.config.suite_file import find_suite
    from dabench.planning.data_check import survey

    found = survey(find_suite(suite, context.registry), context.registry)
    if as_json:
        write(json.dumps(asdict(found), indent=2, ensure_ascii=False))
    else:
        echo("\n".join(_text(found, suite, everything)))
    return int(bool(found.problems))


def _text(found: Survey, suite: str, everything: bool) -> Iterator[str]:
    if found.domains:
        head = ("domain", "train", "test", "classes", "smallest", "largest", "ratio", "example")
        yield aligned([head, *map(_row, found.domains)], right=(1, 2, 3, 6))
        yield from _classes(found.domains)
    yield from _columns(found.columns)
    for seen in found.domains:
        most = len(seen.left_out) if everything else MOST
        if seen.left_out:
            yield f"\nleft out of {seen.name}: {len(seen.left_out):,}"
            yield from (f"  {text}" for text in seen.left_out[:most])
            if len(seen.left_out) > most:
                yield f"  and {len(seen.left_out) - most:,} more (--all names them)"
    notes = [f"{seen.name}: {note}" for seen in found.domains for note in seen.notes]
    for title, items in (("notes", notes), ("warnings", found.warnings), ("problems", found.problems)):
        if items:
            yield f"\n{title}"
            for item in items:
                yield from _wrapped(item)
    count = len(found.problems)
    end = (
        f"{count} problem{'s' if count > 1 else ''}: runs would fail"
        if count
        else f"ready: dabench run {shlex.quote(suite)}"
    )
    yield f"\n{end}"


def _row(seen: Seen) -> tuple[str, ...]:
    classes = seen.per_class
    few, many = min(classes, key=lambda name: classes[name]), max(classes, key=lambda name: classes[name])
    sums = [f"{sum(seen.counts[split]):,}" for split in ("train", "test")]
    ends = [f"{name} ({classes[name]:,})" for name in (few, many)]
    shape = "x".join(map(str, seen.shape))
    return seen.name, *sums, str(len(classes)), *ends, f"{seen.imbalance:.1f}", f"{shape} {seen.dtype}"


def _columns(types: Mapping[str, str]) -> Iterator[str]:
    """What the columns of the suite's own tables hold: those of numbers together, each of the others on a line."""
    if types:
        yield "\ncolumns"
    plain = [name for name, kind in types.items() if kind == "numbers"]
    if plain:
        yield from _wrapped(f"numbers: {', '.join(plain[:MOST])}" + _more(len(plain)))
    others = [f"{name}: {kind}" for name, kind in types.items() if kind != "numbers"]
    yield from (f"  {text}" for text in others[:MOST])
    if len(others) > MOST:
        yield f"  and {len(others) - MOST:,} more columns of categories"


def _more(count: int) -> str:
    return f", and {count - MOST:,} more" if count > MOST else ""


def _classes(domains: Sequence[Seen]) -> Iterator[str]:
    """Train and test examples of every class in every domain."""
    names = list(dict.fromkeys(name for seen in domains for name in seen.classes))
    rows = [("class", *(seen.name for seen in domains))]
    for name in names[:MOST_CLASSES]:
        cells = []
        for seen in domains:
            place = seen.classes.index(name) if name in seen.classes else None
            cells.append(
                "-" if place is None else " + ".join(f"{numbers[place]:,}" for numbers in seen.counts.values())
            )
        rows.append((name, *cells))
    yield ""
    yield aligned(rows, right=range(1, len(domains) + 1))
    if len(names) > MOST_CLASSES:
        yield f"and {len(names) - MOST_CLASSES:,} more classes"


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield textwrap.fill(
            line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
