"""The HTML leaderboard as text; `test_page.py` looks at it in a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import html
from dabench.leaderboard.page.diagram import diagram
from dabench.leaderboard.recorded import with_records
from dabench.leaderboard.rerun import run_command
from dabench.stats.ranks import ranking
from tests.support import pages
from tests.support.factories import make_frame, make_record, make_records

PAGE = Path(html.__file__).parents[1] / "page"
VOID = {"meta", "link", "input", "br", "img"}


class Reader(HTMLParser):
    """A page as a browser reads it: elements, their attributes, and what is in scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        else:
            self.text += data


def details(reader: Reader) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(reader.scripts[0])
    return found


@pytest.mark.slow
def test_a_page_needs_nothing_else() -> None:
    reader = Reader(html.render(pages.tables()))
    for tag, attributes in reader.elements:
        for name in ("src", "href", "action", "srcset", "data", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith(("#", "data:")), (tag, attributes)
    assert not re.search(r"url\(|@import", (PAGE / "page.css").read_text())
    assert not re.search(r"fetch\(|XMLHttp|WebSocket|import\(|innerHTML|outerHTML|insertAdjacent|document\.write|eval",
                         (PAGE / "page.js").read_text())  # fmt: skip


@pytest.mark.slow
def test_nothing_that_a_plugin_or_a_record_names_becomes_markup() -> None:
    reader = Reader(pages.evil())
    assert [tag for tag, _ in reader.elements].count("script") == 2
    assert not [tag for tag, _ in reader.elements if tag == "img"]
    assert not [name for _, attributes in reader.elements for name in attributes if name.startswith("on")]
    assert pages.EVIL in reader.text
    ((name, cell),) = details(reader).items()
    assert pages.EVIL in name
    assert pages.EVIL in str(cell["title"])
    own = "".join((PAGE / name).read_text() for name in ("common.js", "page.js"))
    assert reader.scripts[1] == own, "the page's own script, as it is"


@pytest.mark.slow
def test_cells_have_numbers_tests_and_commands() -> None:
    found = details(Reader(html.render(pages.tables())))
    assert len(found) == 10
    cell = found["digits:digits_m/dann"]
    facts = dict(cell["facts"])  # type: ignore[call-overload]
    assert facts["accuracy"] == ".750 ±.050 (± standard deviation over 3 seeds)"
    assert facts["95 % interval"].startswith(".626 to .874")
    assert facts["gain over source only"].startswith("+24.0 [+12.6, +35.4] points, p = .")  # .24 ± 4.303 * .0458 / √3
    assert facts["published"] == ".815 as DANN. Somebody 2019 & others"
    assert facts["against the best"] == "is the best of the pair"
    assert cell["command"] == ("dabench run mini --pairs digits:digits_m --methods dann --seeds 0,1,2 --fresh")
    assert cell["seeds"][0] == ["0", "ok", "0.7000", "0.7000", "0.7100", "2.5", ""]  # type: ignore[index]
    assert [chart["title"] for chart in cell["curves"]] == [  # type: ignore[attr-defined]
        "accuracy on target test", "loss class", "loss domain",
    ]  # fmt: skip
    assert cell["curves"][2]["series"][0]["values"] == [0.6, None, 0.6]  # type: ignore[index]
    assert cell["picks"]["rows"] == [  # type: ignore[index]
        ["last step", *["0.7000 at 300"] * 3], ["oracle (uses target labels)", *["0.7500 at 200"] * 3],
    ]  # fmt: skip
    failed = found["digits:digits_m/mmd"]["facts"]
    assert ["warning", "2 of 3 seeds, 1 failed"] in failed  # type: ignore[operator]
    assert found["digits:digits_m/mmd"]["seeds"][1][-1] == "ValueError: wrong"  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variant", "methods", "expected"),
    [
        ("", "dann", ""),
        ("weight=0.5", "dann", "--set dann.weight=0.5 "),
        ("budget.steps=20,weight=0.5", "dann", "--set budget.steps=20 --set dann.weight=0.5 "),
        ("strong,precision=bf16", "dann:strong", "--set precision=bf16 "),
        ("name=$(reboot)", "dann", "--set 'dann.name=$(reboot)' "),
    ],
)
def test_the_command_has_the_settings_of_the_variant(variant: str, methods: str, expected: str) -> None:
    table = pages.tables(make_record(variant=variant, seed=4))[0]
    (row,) = [row for row in table.rows if (row.method, row.variant) == ("dann", variant)]
    seeds = "0,1,2,4" if not variant else "4"
    made = run_command(table, row, "digits:digits_m", [str(run.seed) for run in row.cells["digits:digits_m"].runs])
    assert made == f"dabench run mini --pairs digits:digits_m --methods {methods} --seeds {seeds} {expected}--fresh"


def test_the_command_of_a_row_without_name_leaves_out_the_named_ones() -> None:
    table = pages.tables(make_record(variant="strong", seed=4))[0]
    (row,) = [row for row in table.rows if (row.method, row.variant) == ("dann", "")]
    made = run_command(table, row, "digits:digits_m", [str(run.seed) for run in row.cells["digits:digits_m"].runs])
    assert " --methods dann: --seeds " in made


@pytest.mark.slow
def test_without_full_records_the_page_says_where_they_are() -> None:
    tables = [with_records([table], [])[0] for table in pages.tables()]
    cell = details(Reader(html.render(tables)))["digits:digits_m/dann"]
    assert (cell["recorded"], cell["settings"], cell["curves"]) == (False, [], [])
    assert cell["seeds"]
    assert cell["versions"]


@pytest.mark.slow
def test_pictures_beside_a_record_are_shown_for_one_seed(tmp_path: Path) -> None:
    found = []
    for record in pages.records():
        stem = f"{record.pair}-{record.method}-{record.seed}".replace(":", "-")
        (tmp_path / f"{stem}.features.png").write_bytes(b"\x89PNG" + bytes([record.seed]))
        found.append((tmp_path / f"{stem}.json", record))
    tables = with_records(pages.tables(), found)
    cell = details(Reader(html.render(tables)))["digits:digits_m/dann"]
    assert cell["pictures"] == [["features of seed 0", "data:image/png;base64,iVBORwA="]]


def test_no_tables_make_a_page_that_says_so() -> None:
    assert "There are no results." in Reader(html.render([])).text


def test_the_diagram_joins_what_is_not_told_apart() -> None:
    found = ranking({"best": [0.9] * 12, "second": [0.8] * 6 + [0.95] * 6, "worst": [0.1] * 12})
    assert found is not None
    drawn = diagram(found)
    assert "Not distinguishable: best, second." in drawn.description
    place = {line.kind: line for line in drawn.lines}
    assert {line.kind for line in drawn.lines} == {"axis", "difference", "group", "stem"}
    assert [line.kind for line in drawn.lines].count("group") == 1
    assert place["difference"].x2 - place["difference"].x1 == pytest.approx(found.difference / 2 * 320, abs=0.2)
    names = [label.text for label in drawn.labels]
    assert {"best 1.50", "second 1.50", "worst 3.00"} <= set(names)
    assert all(0 <= end <= drawn.height for line in drawn.lines for end in (line.y1, line.y2))


@pytest.mark.slow
def test_the_diagram_stands_on_the_page_from_six_pairs_on() -> None:
    from dabench.leaderboard.build import build_tables
    from tests.support.factories import make_records

    runs = [record for number in range(6) for record in make_records(pages.RUNS, f"a{number}:b")]
    page = html.render(build_tables(make_frame(*runs)))
    assert 'class="ranks"' in page
    assert 'class="ranks"' not in html.render(pages.tables())


def luminance(colour: str) -> float:
    """Of WCAG 2.2."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_have_the_contrast_that_people_need() -> None:
    """WCAG 2.2 AA: 4.5 for text, 3 for lines and marks. Both ways into the dark theme have the same colours."""
    style = (PAGE / "page.css").read_text()
    themes = [
        dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in re.findall(r"\{([^{}]*--ground:[^{}]*)\}", style)
    ]
    light, dark, pressed = themes
    assert dark == pressed
    for theme in (light, dark):
        for ground in ("ground", "raised", "best"):
            for text in ("ink", "dim", "link", "warning"):
                assert contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
        for mark in ("bar", "mark", "published", *(f"series-{place}" for place in range(5))):
            assert contrast(theme[mark], theme["ground"]) >= 3, mark


@pytest.mark.slow
def test_the_page_names_no_path_of_the_machine_that_made_it() -> None:
    made = build_tables(make_frame(*make_records({"coral": [0.5, 0.6]})), origin="/home/somebody/results")
    assert "somebody" not in html.render(made)
