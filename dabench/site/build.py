"""The pages of a site, and their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from dabench.errors import ResultsError
from dabench.leaderboard.beside import beside
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import html
from dabench.leaderboard.method_pages import page as method_page
from dabench.leaderboard.page.diagram import WIDTH, Diagram, diagram
from dabench.leaderboard.published import published_of
from dabench.leaderboard.table import Table
from dabench.leaderboard.which_method.blocks import blocks_of
from dabench.leaderboard.which_method.grids import (
    HOW_TO_READ,
    Column,
    Field,
    Grid,
    method_grid,
    rank_grid,
    suite_grid,
    too_few,
)
from dabench.leaderboard.which_method.summary import tracks_of
from dabench.plugin.registry import Registry
from dabench.results.csv_file import Flaw
from dabench.results.folder import read_results
from dabench.results.record_file import write_atomic
from dabench.results.verified import verified_runs
from dabench.site.prose import html_of
from dabench.specs.names import BOUNDS
from dabench.specs.spec import DomainSpec, MethodSpec, SuiteSpec

PAGES = (("Suites", "index.html"), ("Which method?", "which_method.html"), ("Methods", "methods.html"))
HOW = (
    "Accuracies are on target test, at the checkpoint that a label-free selector picked, as means over seeds. Every "
    "number leads to its runs. Tables of different tracks, numbers of labels or settings are never mixed."
)


@dataclass(frozen=True)
class Suite:
    """A published suite: its tables, and the runs of it that were reproduced elsewhere."""

    name: str
    summary: str
    tables: tuple[Table, ...]
    verified: frozenset[str]


@dataclass(frozen=True)
class Site:
    """The content of a site.

    Attributes:
        suites: in alphabetical order.
        methods: name -> spec of those that have a page: all with a published run.
        pages: name -> page in markdown.
        flaws: rows that are not counted.
    """

    suites: tuple[Suite, ...]
    methods: Mapping[str, MethodSpec]
    pages: Mapping[str, str]
    flaws: tuple[Flaw, ...]

    @property
    def tables(self) -> list[Table]:
        """The tables of all suites."""
        return [table for suite in self.suites for table in suite.tables]


def read_site(results: Path, published: Path, registry: Registry) -> Site:
    """The content of a folder of published results.

    Args:
        results: with `SUITE.csv` for each suite.
        published: with `SUITE.yaml`, the numbers that papers print.
        registry: of plugins: their methods have titles and pages.

    Raises:
        ResultsError: there is no published file, or one cannot be read.
        PluginError: a method cannot be imported.
    """
    if not sorted(results.glob("*.csv")):
        raise ResultsError(
            f"there are no published results in {results}: SUITE.csv is expected. `dabench results publish SUITE` "
            "writes it from your runs."
        )
    suites, flaws = [], []
    for file in sorted(results.glob("*.csv")):
        found = read_results(file)
        flaws += found.flaws
        for name in sorted(found.frame["suite"].unique()):
            runs = found.frame[found.frame["suite"] == name].reset_index(drop=True)
            spec = registry.specs(SuiteSpec).get(name)
            suites.append(
                Suite(
                    name, spec.summary if spec else "", tuple(_tables(runs, name, published, registry)),
                    verified_runs(results, runs),
                )
            )  # fmt: skip
    specs = registry.specs(MethodSpec)
    names = {row.method for suite in suites for table in suite.tables for row in table.rows}
    methods = {name: specs[name] for name in sorted(names & specs.keys())}
    tables = [table for suite in suites for table in suite.tables]
    pages = {name: method_page(spec, registry.get(MethodSpec, name).load(), tables) for name, spec in methods.items()}
    return Site(tuple(suites), methods, pages, tuple(flaws))


def _tables(runs: Any, name: str, published: Path, registry: Registry) -> list[Table]:
    tables = build_tables(
        runs,
        labels={method: spec.label for method, spec in registry.specs(MethodSpec).items()},
        regenerated={domain for domain, spec in registry.specs(DomainSpec).items() if spec.regenerated},
    )
    numbers = published_of(published, name)
    return tables if numbers is None else beside(tables, numbers)


def write_site(site: Site, output: Path) -> list[Path]:
    """Write the pages; other files of the folder stay.

    Raises:
        ResultsError: the folder cannot be written.
    """
    return [write_atomic(output / name, text) for name, text in pages_of(site)]


def pages_of(site: Site) -> Iterator[tuple[str, str]]:
    """The path of each page in the site, and its HTML. No page needs anything from elsewhere."""
    make = _maker(site)
    titles = {name: spec.label for name, spec in site.methods.items()}
    front = make("grids.html", "Leaderboards", here="Suites", above=[HOW], parts=[("", "", _suites(site))])
    yield "index.html", front
    for suite in site.suites:
        text = html.page(suite.tables, links=PAGES, verified=suite.verified)
        yield f"{suite.name}.html", text
    tracks = tracks_of(blocks_of(site.tables))
    parts: list[tuple[str, str, Grid | None]] = []
    drawings: dict[int, Diagram] = {}  # by the number of the part that they stand below, from 1
    for track in tracks:
        parts.append((f"Track {track.name}", "", method_grid(track, titles)))
        parts.append(("", too_few(track), None))
        for comparison in track.comparisons:
            parts.append(("", "", rank_grid(comparison, titles)))
            drawings[len(parts)] = diagram(comparison.named(titles))
        parts.append(("", "", suite_grid(track)))
    yield (
        "which_method.html",
        make("grids.html", "Which method?", parts=parts, drawings=drawings, notes=HOW_TO_READ),
    )
    yield (
        "methods.html",
        make("grids.html", "Methods", parts=[("", "", _methods(site))]),
    )
    for name, text in site.pages.items():
        heading, _, body = text.partition("\n")
        title = heading.removeprefix("## ").partition(" (`")[0]
        yield f"methods/{name}.html", make("method.html", title, here="Methods", up="../", body=html_of(body))


def _suites(site: Site) -> Grid:
    columns = (
        Column("suite", "text"), Column("track", "text"), Column("pairs"), Column("methods"), Column("seeds"),
        Column("runs"), Column("failed", "low"), Column("collapsed", "low"), Column("verified"),
        Column("what is measured", "text"),
    )  # fmt: skip
    return Grid("Published suites", columns, tuple(_suite(suite) for suite in site.suites))


def _suite(suite: Suite) -> tuple[Field, ...]:
    tables = suite.tables
    counts = (
        len({pair for table in tables for pair in table.pairs}),
        len({row.method for table in tables for row in table.rows} - set(BOUNDS)),
        max(len(table.seeds) for table in tables),
        sum(table.runs for table in tables),
        sum(table.failed + table.timeout for table in tables),
        sum(table.collapsed for table in tables),
        len(suite.verified),
    )
    return (
        Field(suite.name, link=("suite", suite.name)),
        Field(", ".join(dict.fromkeys(table.track for table in tables))),
        *(Field(str(count), count) for count in counts),
        Field(suite.summary),
    )


def _methods(site: Site) -> Grid:
    columns = (Column("method", "text"), Column("suites"), Column("idea", "text"), Column("reference", "text"))
    measured = {
        name: {table.suite for table in site.tables for row in table.rows if row.method == name}
        for name in site.methods
    }
    rows = [
        (
            Field(spec.label, link=("method", name)),
            Field(str(len(measured[name])), len(measured[name])),
            Field(spec.summary),
            Field(spec.reference),
        )
        for name, spec in site.methods.items()
    ]
    return Grid("Methods with published runs", columns, tuple(rows))


def _maker(site: Site) -> Callable[..., str]:
    """A function that fills a template of the site."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("dabench.site", ""), PackageLoader("dabench.leaderboard.page", "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own = files("dabench.site")
    script = html.own_file("common.js") + (own / "site.js").read_text(encoding="utf-8")
    style = html.own_file("page.css") + (own / "site.css").read_text(encoding="utf-8")

    def make(template: str, title: str, *, here: str = "", up: str = "", **fields: Any) -> str:
        def link(named: tuple[str, str]) -> str | None:
            kind, name = named
            if kind == "method" and name not in site.methods:
                return None
            return f"{up}{name}.html" if kind == "suite" else f"{up}methods/{name}.html"

        return environment.get_template(template).render(
            title=title, here=here or title, script=script, style=style, link=link,
            script_hash=html.script_hash(script), links=[(name, up + address) for name, address in PAGES],
            version=version("dabench"), diagram_width=WIDTH, **fields,
        )  # fmt: skip

    return make
