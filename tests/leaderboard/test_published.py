"""Published numbers: the files that ship, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import UsageError
from dabench.leaderboard.published import Published, PublishedTable, published_of
from dabench.specs.spec import SuiteSpec

TABLES = Path(__file__).parents[2] / "tables"
SHIPPED = sorted(path.stem for path in TABLES.glob("*.yaml"))

GOOD = """\
suite: mini
tables:
  - citation: A 2020
    unit: percent
    pairs: [digits:digits_m, glyphs:digits]
    rows:
      - {method: feature-matching, printed: FM, accuracy: [81.49, null]}
"""


def read(tmp_path: Path, text: str) -> Published:
    (tmp_path / "mini.yaml").write_text(text)
    found = published_of(tmp_path, "mini")
    assert found is not None
    return found


def table(suite: str, citation: str, where: str = "") -> PublishedTable:
    published = published_of(TABLES, suite)
    assert published is not None
    (found,) = [item for item in published.tables if item.citation.startswith(citation) and where in item.where]
    return found


def averages(found: PublishedTable) -> dict[str, float]:
    numbers = {row.printed: found.fractions(row).values() for row in found.rows}
    return {name: sum(values) / len(values) for name, values in numbers.items()}


def test_a_file_is_read_as_fractions(tmp_path: Path) -> None:
    (found,) = read(tmp_path, GOOD).tables
    assert found.rows[0].method == "feature_matching"
    assert found.fractions(found.rows[0]) == {"digits:digits_m": 0.8149}
    assert found.source == "A 2020"
    assert published_of(tmp_path, "other") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("A 2020", "''", "line 3: tables.0.citation: string should have at least 1 character"),
        ("citation: A 2020\n    unit", "unit", "line 3: tables.0.citation: field required"),
        ("percent", "points", "line 4: tables.0.unit: input should be 'percent' or 'fraction'"),
        ("81.49", "814.9", "row 'FM': 814.9 is no percent, which is from 0 to 100"),
        ("percent", "fraction", "row 'FM': 81.49 is no fraction, which is from 0 to 1"),
        ("81.49", ".8149", "no number exceeds 1: the unit looks like `fraction`, not `percent`"),
        ("81.49, null", "81.49", "row 'FM' has 1 numbers for 2 pairs; null means none"),
        ("81.49", "-3", "row 'FM': -3 is no percent"),
        ("81.49", ".nan", "accuracy"),
        ("glyphs:digits]", "digits:digits_m]", "a pair is named twice"),
        ("glyphs:digits]", "glyphs>digits]", "is not of the form source:target"),
        (
            "    rows:\n",
            "    rows:\n      - {method: feature_matching, printed: X, accuracy: [1.5, 2]}\n",
            "named twice",
        ),
        ("accuracy:", "colour: red, accuracy:", "line 7: tables.0.rows.0.colour: there is no such key"),
        ("suite: mini", "suite: ganin", "named after the suite 'mini', but says `suite: ganin`"),
        ("suite: mini", "suite: mini\nsuite: mini", "line 2: suite: the key is named twice"),
        ("suite: mini", "suite: [", "is not valid YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line_and_the_reason(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert "mini.yaml" in str(error.value)
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) <= 2, "one mistake, one line"


@pytest.mark.parametrize("suite", SHIPPED)
def test_shipped_files_are_about_shipped_suites(suite: str) -> None:
    from dabench.config.pairs import pairs_of
    from dabench.plugin.registry import load_registry

    published = published_of(TABLES, suite)
    assert published is not None
    pairs = pairs_of(load_registry().get(SuiteSpec, suite))
    for found in published.tables:
        assert set(pairs) & set(found.pairs), found.citation


def test_office_caltech_agrees_with_its_printed_averages() -> None:
    printed = {"NA": 37.8, "SVMA": 41.0, "DAM": 40.2, "GFK": 43.4, "TCA": 45.7, "SA": 45.9, "CORAL": 46.7}
    found = averages(table("office_caltech", "Sun"))
    assert {name: round(100 * value, 1) for name, value in found.items()} == printed


def test_ganin_agrees_with_its_printed_shares() -> None:
    found = table("ganin", "Ganin & Lempitsky 2015")
    shares = [
        [round(100 * (row[pair] - low[pair]) / (high[pair] - low[pair]), 1) for pair in found.pairs]
        for low, *rows, high in [[found.fractions(row) for row in found.rows]]
        for row in rows
    ]
    printed = [[7.9, 1.3, 5.9, 9.1], [57.9, 66.1, 29.3, 56.7]]
    for ours, theirs in zip(shares, printed, strict=True):
        assert ours == pytest.approx(theirs, abs=0.2)


def test_amazon_has_the_means_of_its_columns() -> None:
    found = averages(table("amazon", "Ganin"))
    assert [round(value, 4) for value in found.values()] == [0.7627, 0.7607, 0.7597, 0.8132, 0.8027, 0.8018]


def test_tables_of_objects_have_the_averages_that_are_printed_beside_them() -> None:
    printed = {
        "office31": [79.5, 86.1, 86.5, 83.7, 87.0, 87.7, 85.4, 88.6, 89.6, 87.8, 89.6],
        "office_home": [58.4, 65.2, 62.5, 61.4, 65.9, 68.8, 67.8, 68.2, 69.7, 67.6, 72.4],
        "domainnet": [43.3, 47.2, 48.0, 48.4, 50.0, 49.9, 47.5, 51.8, 48.9],
    }
    for suite, expected in printed.items():
        found = averages(table(suite, "Jiang"))
        assert len(found) == len(expected)
        for (name, value), mean in zip(found.items(), expected, strict=True):
            assert 100 * value == pytest.approx(mean, abs=0.12), (suite, name)  # they average unrounded numbers
    deepda = {"office31": [82.03, 83.72, 81.92, 83.89, 88.62], "office_home": [62.58, 63.82, 63.39, 63.12, 67.97]}
    for suite, expected in deepda.items():
        assert [100 * value for value in averages(table(suite, "Wang & Hou")).values()] == pytest.approx(
            expected, abs=0.05
        )
