"""Pages on methods, as markdown: from their declarations, and from published results."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from dabench.data.augmentation import View
from dabench.leaderboard.formats import text
from dabench.leaderboard.table import Row, Table
from dabench.methods.base import DeepMethod
from dabench.specs.spec import MethodSpec, Range, Registered

HEAD = """\
# Methods

Made by `dabench docs methods -o docs/reference/methods.md` from what each method declares and from the published
results (`results/*.csv`): change those, not this file.

In the formulae f is the network up to its features, g its classifier, p the softmax of g(f(x)) and h a domain
classifier; s is the source and t the target, l the target examples whose labels are given in the track few_shot, and a
prime marks simultaneous samples; w is the option `weight`; a mark over x is a view of it, and [...] is 1 where it
holds, else 0. Accuracies are means over seeds ± standard deviation; the share of the gap is that from source only to
train on target, with its 95 % interval; † is trained with target labels, ‡ has options that were chosen with them for
that pair, ° is source-free: it adapts without the source's examples.
"""


def pages(methods: Sequence[Registered[MethodSpec]], tables: Sequence[Table]) -> str:
    """A section for each method.

    Args:
        methods: in this order.
        tables: of published results; cells of other methods are left out.

    Raises:
        PluginError: a method cannot be imported.
    """
    return "\n".join([HEAD, *(page(found.spec, found.load(), tables) for found in methods)])


def anchor(spec: MethodSpec) -> str:
    """The anchor of a method's section, as GitHub and Python-Markdown make it from the heading."""
    return re.sub(r"[^\w\- ]", "", _heading(spec).lower()).replace(" ", "-")


def _heading(spec: MethodSpec) -> str:
    return f"{spec.label} (`{spec.name}`)"


def page(spec: MethodSpec, cls: type[Any], tables: Sequence[Table]) -> str:
    """The section of one method."""
    lines = [f"## {_heading(spec)}", "", *_idea(spec, cls)]
    if spec.loss:
        lines += ["", "```math", spec.loss, "```"]
    lines += ["", *(f"- {name}: {value}" for name, value in _facts(spec, cls))]
    if spec.deviations:
        lines += ["- differs from the paper:", *(f"  - {sentence}" for sentence in spec.deviations)]
    for name, options in _options(spec, cls):
        lines += ["", f"| {name} | default | meaning |", "| --- | --- | --- |", *options]
    measured = list(_measured(spec.name, [table for table in tables if table.shots is None]))
    if measured:
        lines += [
            "",
            "| measured | pair | accuracy | gap covered | seeds |",
            "| --- | --- | --- | --- | --- |",
            *measured,
        ]
    by_shots: dict[tuple[str, ...], list[Table]] = {}
    for table in tables:
        if table.shots is not None:
            by_shots.setdefault((table.suite, table.backbone, table.selector, table.variant), []).append(table)
    for alike in by_shots.values():
        lines += _by_shots(spec.name, alike)
    return "\n".join([*lines, ""])


def _idea(spec: MethodSpec, cls: type[Any]) -> Iterator[str]:
    """The idea of a method, from the docstring of its class: sections such as `Attributes:` are for programmers."""
    paragraphs = (inspect.cleandoc(cls.__doc__) if cls.__doc__ else spec.summary).split("\n\n")
    for number, paragraph in enumerate(part for part in paragraphs if not re.match(r"[A-Z]\w+:\n", part)):
        yield from ["", escaped(paragraph)] if number else [escaped(paragraph)]


def _facts(spec: MethodSpec, cls: type[Any]) -> Iterator[tuple[str, str]]:
    if spec.sees_target_labels:
        yield "bound", "it is trained with target labels"
    yield "track", ", ".join(spec.tracks)
    yield (
        "learns",
        "a network" if issubclass(cls, DeepMethod) else "from feature vectors, on images from those of a network",
    )
    if spec.feature_entry_point:
        yield "without a network", "there is a form for feature vectors, too"
    views = list(_views(cls))
    if views:
        yield "augmented views", ", ".join(views)
    if spec.reference:
        yield "reference", f"{spec.reference} (`dabench cite {spec.name}`)"
    if spec.search:
        yield "`dabench tune` tries", "; ".join(f"`{name}` {_tried(values)}" for name, values in spec.search.items())
    if spec.off:
        yield "switched off by", ", ".join(f"`{name}={value}`" for name, value in spec.off.items())


def _views(cls: type[Any]) -> Iterator[str]:
    """The views that the class declares, and the options that decide on others."""
    yield from (f"{name} ({view})" for name, view in getattr(cls, "views", {}).items())
    for name, field in cls.Options.model_fields.items():
        if get_args(field.annotation) == get_args(View):
            yield f"option `{name}` ({field.default})"


def _tried(values: Sequence[Any] | Range) -> str:
    if isinstance(values, Range):
        return f"from {values.low:g} to {values.high:g}" + (" on a logarithmic scale" if values.log else "")
    return ", ".join(map(str, values))


def _options(spec: MethodSpec, cls: type[Any]) -> Iterator[tuple[str, list[str]]]:
    """The options of each form that has some."""
    forms = {"option": cls}
    if spec.feature_entry_point:
        without_network = MethodSpec(name=spec.name, entry_point=spec.feature_entry_point, summary="")
        forms["option on feature vectors"] = without_network.load()
    for name, form in forms.items():
        meanings = described(form.Options)
        rows = [
            f"| `{option}` | {escaped(_default(field.default))} | {escaped(meaning)} |"
            for option, field in form.Options.model_fields.items()
            for meaning in (_meaning(meanings.get(option, ""), field),)
        ]
        if rows:
            yield name, rows


def _meaning(described: str, field: FieldInfo) -> str:
    """The meaning of an option, and the words that it may be, unless the text names them already."""
    words = list(dict.fromkeys(_words(field.annotation)))
    if all(f"`{word}`" in described for word in words):
        return described
    return f"{described} One of {', '.join(f'`{word}`' for word in words)}."


def _words(annotation: Any) -> Iterator[str]:
    """The words of a Literal, of a union of such and of a tuple of such; none if it may be something else, too."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (tuple, Union, UnionType):
        parts = [part for part in get_args(annotation) if part is not ...]
        if all(get_origin(part) is Literal for part in parts):
            yield from (word for part in parts for word in _words(part))


def _default(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


# By hand: pydantic reads docstrings below attributes only; methods of other packages have theirs in `Attributes:`.
def described(options: type[Any]) -> Mapping[str, str]:
    """The meaning of each option, from `Attributes:` in the docstrings of a class and of its bases; bases first."""
    found: dict[str, str] = {}
    for cls in reversed(options.__mro__):
        _, _, section = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")
        for names, meaning in re.findall(r"^    (\w[\w, ]*): (.*(?:\n {8,}.*)*)", section, re.MULTILINE):
            found |= dict.fromkeys(re.split(r",\s*", names), " ".join(meaning.split()))
    return {name: meaning for name, meaning in found.items() if name in options.model_fields}


def _measured(method: str, tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        for row in table.rows:
            if row.method == method:
                yield from _cells(table, row)


def _cells(table: Table, row: Row) -> Iterator[str]:
    for pair, cell in row.cells.items():
        if cell.runs:
            suite = f"{table.suite} ({row.variant})" if row.variant else table.suite
            fields = [suite, text.pair_title(pair), _accuracy(row, pair), text.covered(table, cell), str(cell.n)]
            yield _line(fields)


def _by_shots(method: str, tables: Sequence[Table]) -> Iterator[str]:
    """One table for several that differ by their shots alone: a line for each pair, a column for each number."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for table in tables:
        for row in table.rows:
            for pair, cell in row.cells.items() if row.method == method else ():
                if cell.runs:
                    cells.setdefault((row.variant, pair), {})[str(table.shots)] = _accuracy(row, pair)
    if not cells:
        return
    shots = [str(table.shots) for table in tables]
    what = "per class" if tables[0].track == "few_shot" else "groups"
    yield ""
    yield _line([f"measured: {tables[0].suite}, {text.seeds_of(tables)}, labelled {what}", *shots])
    yield f"| --- |{' --- |' * len(shots)}"
    for (variant, pair), found in cells.items():
        name = text.pair_title(pair) + (f" ({variant})" if variant else "")
        yield _line([name, *(found.get(number, "") for number in shots)])


def _accuracy(row: Row, pair: str) -> str:
    marks = {
        text.SEES: row.sees_target_labels,
        text.SOURCE_FREE: row.source_free,
        text.TUNED: row.cells[pair].tuned_on_target,
    }
    return text.accuracy(row.cells[pair]) + "".join(mark for mark, wanted in marks.items() if wanted)


def _line(fields: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(field) for field in fields)} |"


def escaped(words: str) -> str:
    """Docstrings are plain text but for `code`: nothing else in them is markup, and `|` ends no cell."""
    parts = re.split(r"(`[^`]*`)", words)
    plain = [
        part if part.startswith("`") else re.sub(r"([\\*<>~]|(?<!\w)_|_(?!\w)|\^)", r"\\\1", part) for part in parts
    ]
    return "".join(plain).replace("|", "\\|")
