"""Seeds, shots and pairs as people type them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from dabench.printable import shown
from dabench.specs.names import canonical, pair_name

MOST_SEEDS, MOST_DIGITS = 100_000, 18  # of one range; of a seed, which a column of 64 bits holds

_PAIR = re.compile(r"[a-z][a-z0-9_/]*:[a-z][a-z0-9_/]*")
_SEEDS = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


def parse_seeds(text: str | int | Sequence[Any]) -> tuple[int, ...]:
    """Seeds from `0-4`, `0,2,5-7`, a number or a list of such.

    Raises:
        ValueError: other syntax, a range that runs backwards, or a seed named twice.
    """
    parts = [text] if isinstance(text, str | int) else text
    joined = ",".join(str(part) for part in parts).replace(" ", "")
    if not _SEEDS.fullmatch(joined):
        raise ValueError(f"seeds {joined!r} are not of the form 0-4 or 0,2,5-7")
    seeds: list[int] = []
    for part in joined.split(","):
        first, _, last = part.partition("-")
        if len(first) > MOST_DIGITS or len(last) > MOST_DIGITS:
            raise ValueError(f"the seed {shown(part)} has more than {MOST_DIGITS} digits")
        if last and int(last) < int(first):
            raise ValueError(f"the range of seeds {part!r} runs backwards")
        if int(last or first) - int(first) >= MOST_SEEDS:
            raise ValueError(f"the range of seeds {part!r} has more than {MOST_SEEDS:,} of them")
        seeds.extend(range(int(first), int(last or first) + 1))
    twice = sorted(seed for seed, count in Counter(seeds).items() if count > 1)
    if twice:
        raise ValueError(f"seed {', '.join(map(str, twice))} is named twice in {joined!r}")
    return tuple(seeds)


def parse_shots(text: str) -> tuple[int | Literal["all"], ...]:
    """Numbers of shots from `1,10,all`.

    Raises:
        ValueError: something else than numbers from 1 on and `all`, or one of them twice.
    """
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if part != "all" and not (part.isdecimal() and int(part) > 0)]
    if wrong:
        raise ValueError(f"shots {wrong[0]!r} are neither a number from 1 on nor all, as in 1,10,all")
    if len(set(parts)) < len(parts):
        raise ValueError(f"a number of shots is named twice in {text!r}")
    return tuple("all" if part == "all" else int(part) for part in parts)


def parse_pair(text: str) -> str:
    """A pair as typed: `-` and `_` mean the same, and so do capital and small letters.

    Raises:
        ValueError: it is not `source:target`.
    """
    pair = canonical(text).lower()
    if not _PAIR.fullmatch(pair):
        meant = ":".join(map(pair_name, text.split(":")))
        hint = f"; domains of your own are called {meant}" if _PAIR.fullmatch(meant) else ""
        raise ValueError(f"pair {text!r} is not of the form source:target, as in mnist:mnist_m{hint}")
    return pair
