"""Progress bars in terminals of several widths."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import MofNCompleteColumn, TextColumn

from dabench.parallel.bars import FIXED, bars, shortened

LONG = "worker 0: toy_a:toy_b source_only (budget.steps=10,optimiser.lr=0.5) seed 5"


def shown(width: int) -> list[str]:
    """The lines on a terminal of this width."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    speed = TextColumn("{task.fields[speed]}", table_column=FIXED)
    progress = bars(console, MofNCompleteColumn(table_column=FIXED), speed)
    progress.add_task("all runs", total=120, completed=17, speed="")
    progress.add_task(LONG, total=10_000, completed=9_000, speed="12,345 images/s")
    console.print(progress.make_tasks_table(progress.tasks))
    out = console.file
    assert isinstance(out, io.StringIO)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40])
def test_the_count_and_the_time_left_are_always_there(width: int) -> None:
    lines = shown(width)
    assert len(lines) == 2, "nothing is folded"
    assert all(len(line.rstrip()) <= width for line in lines)
    assert " 17/120" in lines[0]
    assert " 9000/10000" in lines[1]
    assert all(line.rstrip().endswith("-:--:--") for line in lines)
    assert "worker 0" in lines[1]
    assert ("12,345 images/s" in lines[1]) == (width >= 100)
    assert (LONG in lines[1]) == (width == 200)
    assert "seed 5" in lines[1]


def test_the_middle_of_a_name_gives_way() -> None:
    assert shortened("abcdefghij", 10) == "abcdefghij"
    assert shortened("abcdefghij", 7) == "abcd…ij"
    assert [len(shortened("abcdefghij", width)) for width in range(1, 11)] == list(range(1, 11))
