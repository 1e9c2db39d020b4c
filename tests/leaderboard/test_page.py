"""The HTML leaderboard in a real browser: headless Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import html
from tests.support import pages
from tests.support.factories import digest, make_frame, make_record

Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Open a page from a file; at the end nothing may have been asked of a network or said on the console."""
    contexts: list[Any] = []
    said: list[str] = []

    def open_it(text: str, fragment: str = "", **options: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if _is_network(request.url) else None)
        page.goto(file.as_uri() + fragment)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []


def _is_network(url: str) -> bool:
    return not url.startswith(("file:", "data:"))


@pytest.fixture(scope="module")
def text() -> str:
    return html.render(pages.tables())


def column(page: Any, place: int) -> list[str]:
    """The visible fields of a column of the long table, first lines only."""
    rows = page.locator("#list tbody tr:visible")
    return [field.strip().split("\n")[0] for field in rows.locator(f"td:nth-child({place})").all_inner_texts()]


def test_a_heading_sorts_and_says_so(open_page: Open, text: str) -> None:
    page = open_page(text)
    heading = page.get_by_role("columnheader", name="accuracy")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    found = [float(field[:4]) for field in column(page, 5)]
    assert found == sorted(found, reverse=True)
    assert len(found) == 10
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert [float(field[:4]) for field in column(page, 5)] == sorted(found)
    method = page.get_by_role("columnheader", name="method", exact=True).last
    method.get_by_role("button").press("Space")
    assert (method.get_attribute("aria-sort"), heading.get_attribute("aria-sort")) == ("ascending", "none")
    assert column(page, 3)[:4] == ["coral", "coral", "DANN", "DANN"]
    gap = page.get_by_role("columnheader", name="gap covered")
    for _ in range(2):
        gap.get_by_role("button").click()
        assert column(page, 6)[-4:] == [""] * 4, "what has no number stands last either way"


def test_a_press_anywhere_in_a_heading_sorts(open_page: Open, text: str) -> None:
    page = open_page(text)
    for heading in page.locator("#list thead th").all():
        heading.scroll_into_view_if_needed()
        box = heading.bounding_box()
        page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 2)
        assert heading.get_attribute("aria-sort") != "none"
    assert page.locator("th[aria-sort]:not([aria-sort=none])").count() == 1


def methods(page: Any, board: int = 0) -> list[str]:
    """The names of the rows of a part of the matrix."""
    return [name.strip() for name in page.locator(".board").nth(board).locator("tbody th").all_inner_texts()]


def test_the_matrix_sorts_as_well(open_page: Open, text: str) -> None:
    page = open_page(text)
    first = methods(page)
    assert first == ["source only", "coral", "DANN", "mmd", "train on target†"]
    heading = page.locator(".board thead th").nth(1)
    heading.click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert methods(page) == ["train on target†", "DANN", "mmd", "coral", "source only"]
    heading.get_by_role("button").press("Enter")
    assert methods(page) == ["source only", "coral", "DANN", "mmd", "train on target†"], "equal ones stay in order"
    page.locator(".board thead th").first.click()
    assert methods(page) == ["coral", "DANN", "mmd", "source only", "train on target†"]
    page.locator(".board thead th", has_text="published").click()
    assert methods(page)[0] == "DANN", "the only one with a published number"


def many_pairs() -> str:
    """A page of twelve pairs and two groups of settings."""
    made = []
    for pair in range(12):
        ends = {"source": f"domain_{pair}", "target": f"a_longer_domain_{pair}"}
        for place, method in enumerate(("source_only", "dann", "mmd", "target_only")):
            for group in ("", "readout=linear_svm"):
                made += [
                    make_record(
                        0.5 + place / 10 + seed / 100 + bool(group) / 50, method=method, seed=seed, variant=group,
                        comparison_sha256=digest(group or "plain"), **ends,
                    )
                    for seed in range(3)
                ]  # fmt: skip
    return html.render(build_tables(make_frame(*made)))


def test_the_parts_of_a_matrix_share_one_order_and_groups_stay_together(open_page: Open) -> None:
    page = open_page(many_pairs())
    boards = page.locator(".board")
    assert boards.count() > 1
    before = methods(page)
    titles = [name for name in before if name.startswith("settings")]
    assert len(titles) == 2
    boards.nth(1).locator("thead th").nth(1).click()
    after = methods(page)
    assert all(methods(page, board) == after for board in range(boards.count()))
    half = len(after) // 2
    assert (after[0], after[half]) == (titles[0], titles[1])
    assert (sorted(after[:half]), sorted(after[half:])) == (sorted(before[:half]), sorted(before[half:]))
    assert [name.partition(" (")[0] for name in after[1:half]] == ["train on target", "mmd", "dann", "source only"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page_of", [many_pairs, lambda: html.render(pages.tables())], ids=["many pairs", "two pairs"])
def test_nothing_is_cut_off(open_page: Open, width: int, page_of: Callable[[], str]) -> None:
    page = open_page(page_of(), viewport={"width": width, "height": 900})
    wider = page.evaluate(
        """() => [...document.querySelectorAll('.scroll')].filter((item) => !item.querySelector('svg')
            && item.scrollWidth > item.clientWidth).map((item) => item.getAttribute('aria-label'))"""
    )
    assert wider == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_names_of_rows_stay_in_sight_while_a_table_scrolls(open_page: Open) -> None:
    page = open_page(many_pairs(), viewport={"width": 700, "height": 900})
    for table, name in ((".board", "tbody th >> nth=1"), ("#list", "tbody td:nth-child(3) >> nth=0")):
        board = page.locator(table).first
        scrolled = "item => { item.parentElement.scrollLeft = 9999; return item.parentElement.scrollLeft; }"
        assert board.evaluate(scrolled) > 0, "there is something to scroll"
        left = page.locator(f"{table} >> {name}").first.bounding_box()["x"]
        assert left == board.evaluate("item => item.parentElement.getBoundingClientRect().x")
    assert page.evaluate("document.documentElement.scrollWidth") <= 700


def test_filters_and_order_are_in_the_address(open_page: Open, text: str) -> None:
    page = open_page(text)
    page.get_by_label("pair").select_option("glyphs → digits")
    page.get_by_label("search").fill("d")
    page.get_by_role("columnheader", name="accuracy").click()
    page.locator("#list tbody tr:visible a").first.click()
    page.locator("#cell-title").wait_for()
    address = page.url
    assert "sort=-mean" in address
    assert address.endswith("#cell=glyphs%3Adigits/target_only")
    shown = column(page, 3)
    page.goto("about:blank")
    page.goto(address)
    assert (page.get_by_label("pair").input_value(), page.get_by_label("search").input_value()) == (
        "glyphs → digits",
        "d",
    )
    assert column(page, 3) == shown
    assert page.locator("#cell-title").is_visible()
    page.get_by_label("also what is published only (1)").check()
    assert "published=on" in page.url
    page.get_by_role("button", name="reset").click()
    page.locator("#count", has_text="10 of 11 cells").wait_for()
    assert page.evaluate("location.search") == "?sort=-mean"


@pytest.mark.parametrize("query", ["?pair=nothing&sort=quux", "?constructor=1&sort=-", "?search=%ff"])
def test_an_address_of_another_page_is_harmless(open_page: Open, text: str, query: str) -> None:
    assert open_page(text, query).get_by_role("status").inner_text() in ("10 of 11 cells", "0 of 11 cells")


def test_filters_narrow_the_list_and_reset(open_page: Open, text: str) -> None:
    page = open_page(text)
    status = page.get_by_role("status")
    assert status.inner_text() == "10 of 11 cells"
    page.get_by_label("pair").select_option("glyphs → digits")
    assert status.inner_text() == "5 of 11 cells"
    page.get_by_label("plugin").select_option("dabench-mmd")
    assert (column(page, 2), column(page, 3)) == (["glyphs → digits"], ["mmd"])
    page.get_by_role("button", name="reset").click()
    page.locator("#count", has_text="10 of 11 cells").wait_for()
    page.get_by_label("method").select_option("DANN")
    assert column(page, 3) == ["DANN", "DANN"]
    page.get_by_label("method").select_option("all")
    page.get_by_label("track").select_option("unsupervised")
    assert len(column(page, 1)) == 10
    page.get_by_label("search").fill("Source_Only")
    assert column(page, 3) == ["source only", "source only"]
    page.get_by_label("search").fill("no such thing")
    assert status.inner_text() == "0 of 11 cells"


def test_a_filter_holds_while_sorting(open_page: Open, text: str) -> None:
    page = open_page(text)
    page.get_by_label("method").select_option("coral")
    page.get_by_role("columnheader", name="pair").get_by_role("button").click()
    assert column(page, 3) == ["coral", "coral"]


def test_what_is_published_only_comes_when_asked_for(open_page: Open, text: str) -> None:
    page = open_page(text)
    assert "gfk" not in column(page, 3)
    page.get_by_label("also what is published only (1)").check()
    assert column(page, 3).count("gfk") == 1
    page.get_by_role("columnheader", name="published", exact=True).last.get_by_role("button").click()
    assert column(page, 8)[:2] == [".815 [1]".replace(" ", "\xa0"), ".615 [1]".replace(" ", "\xa0")]


def test_a_number_leads_to_what_is_behind_it(open_page: Open, text: str) -> None:
    page = open_page(text)
    assert page.locator("#cell").is_hidden()
    page.locator(".board").get_by_role("link", name=".750 ±.050").first.click()
    title = page.get_by_role("heading", name="DANN on digits → digits_m")
    title.wait_for()
    assert page.evaluate("document.activeElement.id") == "cell-title"
    cell = page.locator("#cell")
    assert "dabench run mini --pairs digits:digits_m --methods dann --seeds 0,1,2 --fresh" in cell.inner_text()
    assert cell.get_by_role("table", name="Accuracy on target test by seed").locator("tbody tr").count() == 3
    assert cell.get_by_role("table", name="Resolved settings").locator("tbody tr").count() == 2
    charts = cell.get_by_role("img")
    assert charts.count() == 3
    assert charts.nth(0).get_attribute("aria-label").startswith("accuracy on target test over steps 100 to 300: seed 0")
    assert charts.nth(0).locator("polyline").count() == 3
    assert charts.nth(2).locator("polyline").count() == 6, "a loss that is no number leaves a hole"
    cell.get_by_role("link", name="back to all cells").click()
    page.locator("#cell").wait_for(state="hidden")
    page.go_back()
    title.wait_for()


def test_every_link_leads_to_a_cell(open_page: Open, text: str) -> None:
    page = open_page(text)
    links = page.locator("a[href^='#cell=']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(set(links)) == 10
    for link in set(links):
        page.evaluate("link => { location.hash = link; }", link)
        page.locator("#cell-title", has_text=" on ").wait_for()
        page.evaluate("location.hash = ''")
        page.locator("#cell").wait_for(state="hidden")


def test_a_link_from_outside_opens_its_cell(open_page: Open, text: str) -> None:
    page = open_page(text, "#cell=glyphs%3Adigits/coral")
    assert page.locator("#cell-title").inner_text() == "coral on glyphs → digits"
    for wrong in ("#cell=constructor", "#cell=%ff"):
        page = open_page(text, wrong)
        assert page.locator("#cell-title").inner_text() == "There is no such cell here"


def test_hostile_names_are_shown_and_harmless(open_page: Open) -> None:
    page = open_page(pages.evil())
    assert pages.EVIL in page.locator("body").inner_text()
    page.locator("#list a").first.click()
    page.locator("#cell-title").wait_for()
    assert page.locator("#cell-title").inner_text().count(pages.EVIL) >= 2
    for button in page.locator("#list thead button").all():
        button.click()
    page.get_by_label("search").fill("<script>")
    assert page.get_by_role("status").inner_text() == "1 of 1 cells"
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.locator("#cell img, #list img").count() == 0


def test_a_script_that_gets_in_all_the_same_does_not_run(browser: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(text.replace("<main>", "<main><script>window.hacked = 1</script><img src=x onerror='hacked = 2'>"))
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.get_by_role("status").inner_text() == "10 of 11 cells", "its own script does"
    page.close()


@pytest.mark.parametrize("fragment", ["", "#cell=digits%3Adigits_m/dann"])
def test_a_phone_scrolls_down_only(open_page: Open, text: str, fragment: str) -> None:
    page = open_page(text, fragment, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#list td:nth-child(2)')).fontSize)")
    assert size >= 14


def test_colours_follow_the_system_until_the_button_is_pressed(open_page: Open, text: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = open_page(text, color_scheme="dark")
    dark = page.evaluate(ground)
    page.get_by_role("button", name="light colours").click()
    light = page.evaluate(ground)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(20, 23, 26)")
    page.reload()
    assert page.evaluate(ground) == light, "it is remembered"
    assert open_page(text).evaluate(ground) == light
    page = open_page(text)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark


def test_a_screen_reader_finds_names_for_everything(open_page: Open, text: str) -> None:
    page = open_page(text, "#cell=digits%3Adigits_m/dann")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select, [role=region], [role=img], table')]
            .filter((item) => !(item.getAttribute('aria-label') || item.labels?.length || item.caption
                                || item.textContent.trim()))
            .map((item) => item.outerHTML)"""
    )
    assert unnamed == []
    assert page.locator("table").count() == page.locator("table > caption").count()
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("#list th[aria-sort]").count() == page.locator("#list thead th").count()
    identifiers = page.evaluate("[...document.querySelectorAll('[id]')].map((item) => item.id)")
    assert len(identifiers) == len(set(identifiers))
    page.goto("about:blank")


def test_everything_can_be_reached_with_the_keyboard(open_page: Open, text: str) -> None:
    page = open_page(text)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#cells")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    assert {"track", "pair", "method", "plugin", "search", "published", "accuracy", "DANN"} <= reached


def test_without_javascript_the_tables_are_there(open_page: Open, text: str) -> None:
    page = open_page(text, java_script_enabled=False)
    assert page.locator(".board").is_visible()
    assert page.locator("noscript p").is_visible()
    assert page.get_by_role("button").count() == 0, "no button that does nothing"


def test_ten_thousand_runs_are_quick(open_page: Open) -> None:
    runs = [
        make_record(0.5 + (method + seed) / 1000, source=f"d{pair}", target=f"e{pair}", method=f"m{method}", seed=seed)
        for pair in range(20)
        for method in range(100)
        for seed in range(5)
    ]
    page = open_page(html.render(build_tables(make_frame(*runs))))
    assert page.get_by_role("status").inner_text() == "2000 of 2000 cells, the first 200 shown"
    assert page.locator("#list tbody tr:visible").count() == 200
    took = page.evaluate(
        """() => { const start = performance.now(); document.querySelector('[data-key=mean] button').click();
                   document.body.offsetHeight; return performance.now() - start; }"""
    )
    assert took < 5000, "milliseconds, on a slow machine"
    assert column(page, 5)[0].startswith(".601")
    page.get_by_label("search").fill("m77")
    assert page.get_by_role("status").inner_text() == "20 of 2000 cells"
    page.get_by_label("search").fill("")
    page.get_by_role("button", name="show all 2000").click()
    assert page.locator("#list tbody tr:visible").count() == 2000
