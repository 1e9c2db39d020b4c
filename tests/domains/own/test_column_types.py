"""Types of the columns of one's own tables, and the places of their odd cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dabench.config.suite_file import read_suite
from dabench.data.arrays import DomainArrays
from dabench.data.prepared import prepare
from dabench.errors import DabenchError, DataError
from dabench.planning.domains import known_domains
from dabench.plugin.registry import Registry, load_registry
from dabench.specs.spec import DomainSpec
from tests.support.own_files import write_suite


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


@pytest.fixture
def known(tmp_path: Path, data: Path, registry: Registry) -> Callable[..., dict[str, DomainSpec]]:
    """The domains of a suite whose table, or whose tables by name, are these."""

    def describe(
        content: pd.DataFrame | str | bytes | dict[str, Any], options: str = "", *, kind: str = "csv", pair: str = "s:t"
    ) -> dict[str, DomainSpec]:
        several = isinstance(content, dict)
        for name, part in (content if isinstance(content, dict) else {"d": content}).items():
            file = tmp_path / "tables" / f"{name}.{kind}"
            file.parent.mkdir(exist_ok=True)
            if isinstance(part, str | bytes):
                file.write_bytes(part if isinstance(part, bytes) else part.encode())
            elif kind == "csv":
                part.to_csv(file, index=False)
            else:
                part.to_parquet(file)
        place = "tables" if several else f"tables/d.{kind}, domain: dom"
        suite = write_suite(tmp_path / "own.yaml", f"{{tables: {place}, label: y{options}}}", pairs=f"[{pair}]")
        return known_domains(read_suite(suite), registry)

    return describe


def base(rows: int = 40) -> pd.DataFrame:
    """Two domains of two classes and a feature."""
    noise = np.random.default_rng(0).normal(size=rows).round(3)
    half = np.repeat(["s", "t"], rows // 2)
    return pd.DataFrame({"f": noise, "y": np.resize(["a", "b"], rows), "dom": half})


def opened(spec: DomainSpec) -> DomainArrays:
    return prepare(spec).open()


def features(arrays: DomainArrays) -> np.ndarray:
    return np.concatenate([arrays.train.x, arrays.test.x])


@pytest.mark.slow
@pytest.mark.parametrize("word", ["None", "NA", "nan", "null", "n/a", "NaN", "<NA>", "-nan"])
def test_a_word_is_no_empty_cell(known: Any, word: str) -> None:
    frame = base(60)
    frame["y"] = np.resize(["a", "b", word], 60)
    frame["dom"] = frame["dom"].replace("t", word)
    frame["ward"] = np.resize(["north", word], 60)
    name = {"<NA>": "na", "-nan": "nan", "n/a": "n_a"}.get(word, word.lower())
    specs = known(frame, pair=f"s:{name}")
    assert specs["s"].arguments["classes"] == specs[name].arguments["classes"] == sorted(["a", "b", word])
    assert specs["s"].arguments["columns"]["types"] == {"f": "numbers", "ward": "categories, 2 levels"}
    assert np.bincount(np.concatenate([opened(specs[name]).train.y, opened(specs[name]).test.y])).tolist() == [10] * 3


@pytest.mark.slow
def test_words_that_the_suite_calls_empty(known: Any) -> None:
    frame = base().astype({"f": str})
    frame.loc[[1, 25], "f"] = ["?", "-999.0"]
    frame["f2"] = 1.5
    frame.loc[2, "f2"] = -999
    specs = known(frame, ", na_values: ['?', -999], missing: mean")
    assert specs["s"].arguments["columns"]["types"]["f"] == "numbers"
    assert np.isfinite(features(opened(specs["t"]))).all()
    assert features(opened(specs["t"])).min() > -5
    assert features(opened(specs["s"]))[:, 1].tolist() == [1.5] * 20
    with pytest.raises(DataError, match=r"cells are empty in f \(1\), f2 \(1\), the first in line 3"):
        known(frame, ", na_values: ['?', -999]", pair="s:s")


def test_a_row_without_a_domain_is_named(known: Any) -> None:
    frame = base()
    frame.loc[3, "dom"] = ""
    warning = "1 rows of d.csv name no domain and belong to none, the first is line 5"
    assert all(warning in spec.arguments["remarks"]["notes"] for name, spec in known(frame).items() if name in "st")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (
            ["20", "?", "21", "?"],
            r"the column g holds numbers, such as 20, .* in 2 cells .*'\?' \(d.csv, lines 3 and 5\)",
        ),
        (["20", "?"], r"`na_values: \['\?'\]` if that stands for an empty cell, `categorical: \[g\]`"),
        (["1", "2,5"], r"39 cells .*'2,5' \(d.csv, lines 3, 4, .*\). Say in `domains` `decimal: ','`"),
        (["1,5", "2,5"], r"numbers in another notation: '1,5' \(d.csv, line 2\); .*`decimal: ','`"),
        (["1,5", "x"], r"the column g holds numbers in another notation: '1,5'"),
        (["1,234", "5,678"], r"`decimal: ','` or `thousands: ','`"),
        (["1,234.5", "7"], r"`thousands: ','`"),
        (["1.234,5", "7"], r"`decimal: ','` and `thousands: '.'`"),
        (["1 234", "7"], r"`thousands: ' '`"),
        (["1'234", "7"], r"`thousands: '''`"),
        (["12%", "13%"], r"the column g holds numbers with units: '12%' \(d.csv, line 2\)"),
        (["$5", "$7"], r"the column g holds numbers with units"),
        (["5 kg", "7 kg"], r"the column g holds numbers with units"),
        (["2020-01-01", "2020-01-02"], r"the column g holds dates or times"),
        (["8:30", "9:15"], r"the column g holds dates or times"),
        (["TRUE", "0"], r"the column g holds numbers, such as 0, and in 1 cells something else: 'TRUE'"),
        (["nan", "1"], r"'nan' \(d.csv, line 2\)"),
    ],
)
def test_numbers_as_text_are_refused(known: Any, cells: list[str], text: str) -> None:
    frame = base()
    frame["g"] = [*cells, *[cells[-1] if cells[-1] != "?" else "22"] * (40 - len(cells))]
    with pytest.raises(DataError, match=text):
        known(frame)
    specs = known(frame, ", categorical: [g]")
    assert specs["s"].arguments["columns"]["types"]["g"].startswith("categories")


def test_all_columns_are_named_once(known: Any) -> None:
    frame = base()
    for name in ("g", "h"):
        frame[name] = "1,5"
    with pytest.raises(DataError) as caught:
        known(frame)
    assert [line.split(" holds")[0] for line in str(caught.value).splitlines()] == ["the column g", "the column h"]


@pytest.mark.parametrize(
    "cells", [["a", "b"], ["18-25", "65+"], ["c1", "c2"], ["TRUE", "FALSE"], ["yes", "no"], ["Q1", "Q2"]]
)
def test_text_is_of_categories(known: Any, cells: list[str]) -> None:
    frame = base()
    frame["g"] = np.resize(cells, 40)
    assert known(frame)["s"].arguments["columns"]["types"] == {"f": "numbers", "g": "categories, 2 levels"}


@pytest.mark.parametrize(
    ("options", "rows", "values"),
    [
        (", separator: ;, decimal: ','", "1,5;a\n-2,25;b\n", [1.5, -2.25]),
        (", thousands: ','", '"1,500",a\n-20,b\n', [1500, -20]),
        (", separator: ;, decimal: ',', thousands: .", "1.500,5;a\n7;b\n", [1500.5, 7]),
    ],
)
def test_notations_that_the_suite_names(known: Any, options: str, rows: str, values: list[float]) -> None:
    mark = ";" if "separator" in options else ","
    table = f"f{mark}y\n" + rows * 5
    arrays = opened(known({"s": table, "t": table}, options)["t"])
    assert sorted(set(features(arrays)[:, 0].tolist())) == sorted(values)


def test_labels_are_compared_as_they_are_written(known: Any) -> None:
    frame = base()
    tables = {name: frame.drop(columns="dom") for name in "st"}
    tables["s"] = tables["s"].assign(y=np.resize(["01", "02"], 40))
    tables["t"] = tables["t"].assign(y=np.resize(["01", "02", "xx", "xx"], 40))
    with pytest.raises(DataError, match=r"t: the class xx \(20 examples\): not in s\n"):
        known(tables)
    assert known(tables, ", on_bad: skip")["t"].arguments["classes"] == ["01", "02"]
    tables["s"] = tables["s"].assign(y=np.resize(["TRUE", "FALSE"], 40))
    tables["t"] = tables["t"].assign(y=np.resize(["TRUE", "FALSE", "MAYBE", "MAYBE"], 40))
    with pytest.raises(DataError, match=r"t: the class MAYBE \(20 examples\): not in s\n"):
        known(tables)
    tables["s"] = tables["s"].assign(y=np.resize(["1", "2"], 40))
    tables["t"] = tables["t"].assign(y=np.resize(["1.0", "2.0"], 40))
    assert known(tables)["t"].arguments["classes"] == ["1", "2"]


def test_numbers_here_and_text_there_are_one_type(known: Any) -> None:
    tables = {"s": pd.DataFrame({"f": [1, 2] * 10, "y": ["a", "b"] * 10})}
    tables["t"] = tables["s"].assign(f=["1.5", "2"] * 10)
    specs = known(tables, kind="parquet")
    assert specs["s"].arguments["columns"]["types"] == {"f": "numbers"}
    assert sorted(set(features(opened(specs["t"]))[:, 0].tolist())) == [1.5, 2.0]
    tables["t"] = tables["s"].assign(f=["1.5", "old"] * 10)
    with pytest.raises(
        DataError, match=r"the column f holds numbers, .*'old' \(t.parquet, rows 1, 3, 5, 7, 9 and 5 more"
    ):
        known(tables, kind="parquet")


def test_decimals_of_parquet_are_numbers(known: Any) -> None:
    from decimal import Decimal

    frame = base().assign(f=[Decimal("1.25"), Decimal("2.50")] * 20)
    assert set(features(opened(known(frame, kind="parquet")["t"]))[:, 0].tolist()) == {1.25, 2.5}


def test_a_category_without_rows_is_no_class(known: Any) -> None:
    frame = base()
    frame["y"] = np.where(np.arange(40) % 5 == 0, "c", frame["y"])
    frame = frame[~((frame["dom"] == "t") & (frame["y"] == "c"))].reset_index(drop=True)
    refusals = []
    for kind, labels in (("csv", frame["y"]), ("parquet", frame["y"].astype("category"))):
        with pytest.raises(DataError, match=r"s: the class c \(4 examples\): not in t") as caught:
            known(frame.assign(y=labels), kind=kind)
        refusals.append(str(caught.value))
    assert refusals[0] == refusals[1]


@pytest.mark.slow
@pytest.mark.parametrize("index", [list("ab") * 20, [7] * 40, list(range(40, 0, -1))])
def test_the_index_of_parquet_names_no_rows(known: Any, index: list[Any]) -> None:
    frame = base()
    frame.loc[[23], "f"] = np.nan
    frame.index = pd.Index(index)
    with pytest.raises(DataError, match=r"cells are empty in f \(1\), the first in row 23 \(the first row is 0\)"):
        known(frame, kind="parquet")
    assert len(features(opened(known(frame, ", missing: drop", kind="parquet")["t"]))) == 19


def test_lines_are_those_of_the_file(known: Any) -> None:
    rows = [f"{place / 7:.3f},{'ab'[place % 2]},note" for place in range(20)]
    rows[4] = '1.5,b,"two\nlines"'
    rows[9] = "old,b,note"
    table = "# made by hand\nf,y,text\n\n" + "\n".join(rows[:7]) + "\n\n# half\n \n" + "\n".join(rows[7:]) + "\n"
    assert table.splitlines()[16] == "old,b,note"
    with pytest.raises(DataError, match=r"'old' \(s.csv, line 17\)"):
        known({"s": table, "t": table.replace("old", "1")}, ", comment: '#'")
    with pytest.raises(DataError, match=r"s.csv, line 2 has 3 cells, and the header names 1 column: .*`comment: '#'`"):
        known({"s": table, "t": table})


def test_an_index_that_was_written_along_is_refused(known: Any) -> None:
    text = base().to_csv()
    with pytest.raises(DataError, match=r"the column Unnamed: 0 has no name .*`drop: \['Unnamed: 0'\]`"):
        known(text)
    assert known(text, ", drop: ['Unnamed: 0']")["s"].arguments["columns"]["types"] == {"f": "numbers"}
    tables = {"s": base().drop(columns="dom").to_csv(), "t": base().drop(columns="dom").to_csv(index=False)}
    assert known(tables, ", drop: ['Unnamed: 0']")["s"].arguments["columns"]["types"] == {"f": "numbers"}


def test_columns_that_count_rows_or_tell_the_classes(known: Any) -> None:
    frame = base(60).sort_values(["dom", "y"], ignore_index=True)
    assert known(frame)["s"].arguments["remarks"]["warnings"] == []
    frame["id"] = np.arange(60)
    frame["shuffled"] = np.random.default_rng(1).permutation(60) % 30 + 100  # each once in neither domain
    frame["copy"] = frame["y"].map({"a": "no", "b": "yes"})
    frame["score"] = np.where(frame["y"] == "a", 0, 10) + frame["f"]
    frame["name"] = [f"row{place}" for place in range(60)]
    frame["coin"] = np.random.default_rng(2).integers(0, 2, 60)
    warnings = known(frame)["s"].arguments["remarks"]["warnings"]
    assert [text.split()[2] for text in warnings] == ["id", "copy", "score", "name"]
    assert "the column id counts the rows, and alone tells the classes apart in s, t: it may be an index" in warnings[0]
    assert "the column copy alone tells the classes apart in s, t: is it an index, or the label" in warnings[1]
    assert "the column name counts the rows: it may be an index" in warnings[3]
    assert known(frame)["t"].arguments["remarks"]["warnings"] == []  # once is enough


def test_codes_that_look_like_numbers_are_named(known: Any) -> None:
    frame = base().assign(zip=["01234", "99999", "1", "2"] * 10, y=["a", "a", "b", "b", "b", "b", "a", "a"] * 5)
    specs = known(frame)
    assert specs["s"].arguments["columns"]["types"]["zip"] == "numbers"
    assert "the column zip has numbers that begin with 0, as codes do" in specs["s"].arguments["remarks"]["warnings"][0]
    assert not known(frame, ", categorical: [zip]")["s"].arguments["remarks"]["warnings"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_another_encoding_has_a_remedy(known: Any, encoding: str) -> None:
    quote = "" if encoding == "latin-1" else "\u201c"
    table = f"f,y\n1,a\n2,Müller{quote}\n".encode(encoding) + b"1,a\n" * 20
    with pytest.raises(DataError, match=rf"s.csv, line 3 is not utf-8: .*`encoding: {encoding}` this is '2,Müller"):
        known({"s": table, "t": table})
    table = b"f,y\n" + "1,ä\n2,é\n".encode(encoding) * 10
    assert known({"s": table, "t": table}, f", encoding: {encoding}")["s"].arguments["classes"] == ["ä", "é"]


def test_a_byte_order_mark_and_utf_16(known: Any) -> None:
    table = "y,f\n" + "a,1\nb,2\n" * 10
    both = {"s": b"\xef\xbb\xbf" + table.encode(), "t": table}
    assert known(both)["s"].arguments["classes"] == ["a", "b"]
    both["t"] = table.encode("utf-16")
    with pytest.raises(DataError, match=r"t.csv is not utf-8. It begins as UTF-16 does: say `encoding: utf-16`"):
        known(both)


def test_names_are_composed_everywhere(known: Any) -> None:
    table = "große,f\u0065\u0301,y\n" + "1,u\u0308,cafe\u0301\n2,v,te\n" * 10
    other = "große,fé,y\n" + "1,ü,café\n2,v,te\n" * 10
    specs = known({"s": table, "t": other}, ", categorical: ['f\u0065\u0301'], classes: ['cafe\u0301', te]")
    assert specs["s"].arguments["columns"]["types"] == {"große": "numbers", "fé": "categories, 2 levels"}
    assert specs["s"].arguments["classes"] == ["café", "te"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (", na_values: [no]", "one of these is read as False by YAML: put it in quotes"),
        (", na_values: [~]", "one of these is read as None by YAML"),
        (", encoding: latin1000", "there is no text encoding 'latin1000'"),
        (", decimal: ',', thousands: ','", "cannot be told from the rest of a number"),
        (", decimal: x", "domains.decimal"),
    ],
)
def test_mistakes_in_options(known: Any, options: str, text: str) -> None:
    with pytest.raises(DabenchError, match=text):
        known(base(), options)
