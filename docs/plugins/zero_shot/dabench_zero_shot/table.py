"""The table of zero-shot learning, from the leaderboard of its suite."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import harmonic_mean
from typing import Any

SEEN, UNSEEN = (f"zero_shot/syn_signs_seen:zero_shot/gtsrb_{part}" for part in ("seen", "unseen"))
HEAD = "| method | unseen of 10 | unseen of 43 | seen of 43 | harmonic mean |\n| --- | --- | --- | --- | --- |\n"


def zero_shot(tables: Iterable[Any]) -> str:
    """Markdown: mean accuracy on unseen classes among these alone, and on unseen and seen ones among all."""
    rows = [row for table in tables if table.suite == "zero_shot" for row in table.rows]
    means = {
        (row.method, row.variant, pair): cell.mean
        for row in rows
        for pair, cell in row.cells.items()
        if cell.mean is not None
    }
    return HEAD + "".join(of_method(method, means) for method in dict.fromkeys(row.method for row in rows))


def of_method(method: str, means: dict[tuple[str, str, str], float]) -> str:
    """The line of a method; what was not measured is a dash."""
    alone, unseen, seen = (means.get((method, *key)) for key in (("unseen", UNSEEN), ("", UNSEEN), ("", SEEN)))
    both = None if unseen is None or seen is None else harmonic_mean([unseen, seen])
    numbers = ("-" if number is None else f"{number:.3f}" for number in (alone, unseen, seen, both))
    return f"| {method} | {' | '.join(numbers)} |\n"
