"""Progress of a download, in a terminal and in a file."""

from __future__ import annotations

import io

from rich.console import Console

from dabench.cli.data.progress import DownloadDisplay


def _shown(*, terminal: bool, every_s: float) -> str:
    file = io.StringIO()
    with DownloadDisplay(Console(file=file, force_terminal=terminal, width=100), every_s) as display:
        display.begin("cats.txt", 0, 4_000_000)
        display.advance(1_000_000)
        display.say("http://example.org/cats.txt: cut; trying again")
        display.begin("cats.txt", 1_000_000, 4_000_000)
        display.advance(3_000_000)
        display.begin("dogs.txt", 0, None)
        display.advance(500)
    return file.getvalue()


def test_lines_where_there_is_no_terminal() -> None:
    assert _shown(terminal=False, every_s=0).splitlines() == [
        "cats.txt, 4.0 MB",
        "cats.txt: 1.0 MB (25%)",
        "http://example.org/cats.txt: cut; trying again",
        "cats.txt, 4.0 MB, 1.0 MB of it already downloaded",
        "cats.txt: 4.0 MB (100%)",
        "dogs.txt",
        "dogs.txt: 500 B",
    ]


def test_not_a_line_for_every_chunk() -> None:
    assert len(_shown(terminal=False, every_s=60).splitlines()) == 4


def test_a_bar_in_a_terminal() -> None:
    shown = _shown(terminal=True, every_s=60)
    assert "\x1b[" in shown
    assert "cut; trying again" in shown
    assert "1.0 MB of it already downloaded" not in shown
    assert "500" in shown
