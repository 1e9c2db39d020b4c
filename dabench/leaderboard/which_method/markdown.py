"""The page `docs/results/which_method.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from dabench.leaderboard.method_pages import escaped
from dabench.leaderboard.which_method.grids import (
    HOW_TO_READ,
    Field,
    Grid,
    method_grid,
    rank_grid,
    suite_grid,
    too_few,
)
from dabench.leaderboard.which_method.summary import Track

HEAD = """\
# Which method?

Made by `dabench docs which-method -o docs/results/which_method.md` from the published results (`results/*.csv`): change
those, not this file. [How to read this page](#how-to-read-this-page) stands at its end.
"""

Link = Callable[[str, str], str | None]  # of a kind of thing and its name: where its page is


def page(tracks: Sequence[Track], titles: Mapping[str, str], link: Link) -> str:
    """The page.

    Args:
        tracks: with their numbers.
        titles: method -> how to print it.
        link: of `suite` or `method` and a name: the address of its page, None where it has none.
    """
    lines = [HEAD]
    if not tracks:
        lines += ["There are no published results.", ""]
    for track in tracks:
        grids = [method_grid(track, titles), *(rank_grid(found, titles) for found in track.comparisons)]
        lines += [f"## Track {track.name}", "", *_grid(grids[0], link)]
        lines += ["### Mean ranks", "", *([text, ""] if (text := too_few(track)) else [])]
        for grid in grids[1:]:
            lines += [f"{escaped(grid.title)}:", "", *_grid(grid, link)]
        lines += ["### Suites", "", *_grid(suite_grid(track), link)]
    lines += ["## How to read this page", "", *(f"- {sentence}" for sentence in HOW_TO_READ), ""]
    return "\n".join(lines)


def _grid(grid: Grid, link: Link) -> Iterator[str]:
    yield _line(column.title for column in grid.columns)
    yield _line("---" if column.kind == "text" else "---:" for column in grid.columns)
    for row in grid.rows:
        yield _line(_field(field, link) for field in row)
    yield ""


def _field(field: Field, link: Link) -> str:
    text = escaped(field.text)
    address = link(*field.link) if field.link else None
    return f"[{text}]({address})" if address else text


def _line(fields: Iterable[str]) -> str:
    return f"| {' | '.join(fields)} |"
