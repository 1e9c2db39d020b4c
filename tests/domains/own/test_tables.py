"""Domains of one's own tables."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dabench.config.own_data import OwnTables
from dabench.config.suite_file import read_suite
from dabench.data.arrays import DomainArrays
from dabench.data.prepared import prepare
from dabench.domains.own.specs import own_names
from dabench.domains.own.table_files import read_table
from dabench.errors import DabenchError, DataError
from dabench.planning.domains import known_domains
from dabench.planning.jobs import RunOptions
from dabench.planning.plan import make_plan
from dabench.plugin.registry import Registry, load_registry
from dabench.runner.recorder import Recorder
from dabench.runner.runner import carry_out
from tests.support.own_files import write_suite

NORTH = "age,ward,who\n" + "".join(f"{10 + row},{'ab'[row % 2]},{('ill', 'well')[row // 5]}\n" for row in range(10))
SOUTH = "age,ward,who\n" + "".join(f"{50 + row},{'ac'[row % 2]},{('ill', 'well')[row // 5]}\n" for row in range(10))


@pytest.fixture(scope="module")
def registry() -> Registry:
    """Looked for once: that takes longer than most of these tests."""
    return load_registry()


def opened(folder: Path, registry: Registry, options: str = "", name: str = "south", **others: str) -> DomainArrays:
    pairs = others.pop("pairs", "[north:south]")
    suite = write_suite(folder / "own.yaml", f"{{tables: tables, label: who{options}}}", pairs=pairs, **others)
    found = prepare(known_domains(read_suite(suite), registry)[name])
    arrays = found.open()
    return DomainArrays(arrays.train, arrays.test, arrays.classes, found.left_out, found.notes)


@pytest.fixture
def tables(tmp_path: Path, data: Path) -> Path:
    """A table for each of two domains."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "north.csv").write_text(NORTH)
    (tmp_path / "tables" / "south.csv").write_text(SOUTH)
    return tmp_path / "tables"


@pytest.mark.slow
def test_categories_are_those_of_the_sources_train_rows(tables: Path, registry: Registry) -> None:
    arrays = opened(tables.parent, registry)
    assert arrays.classes == ("ill", "well")
    both = np.concatenate([arrays.train.x, arrays.test.x])
    assert both.shape == (10, 3)  # age, a, b
    np.testing.assert_array_equal(np.sort(both[:, 0]), np.arange(50, 60))
    np.testing.assert_array_equal(both[:, 1], both[:, 0] % 2 == 0)
    assert not both[:, 2].any()
    text = " ".join(arrays.notes)
    assert "train: the column ward has categories that no source's train rows have: 'c' (" in text
    assert not opened(tables.parent, registry, name="north").notes
    assert opened(tables.parent, registry, pairs="[south:north, north:south]").train.x.shape[1] == 4


def test_the_split_keeps_the_classes(tables: Path, registry: Registry) -> None:
    arrays = opened(tables.parent, registry, ", test_share: 0.4")
    assert np.bincount(arrays.train.y).tolist() == [3, 3]
    assert np.bincount(arrays.test.y).tolist() == [2, 2]


@pytest.mark.slow
def test_one_file_with_a_column_of_domains(tables: Path, registry: Registry) -> None:
    rows = [f"{line},North Ward" for line in NORTH.splitlines()[1:]] + [f"{line},7" for line in SOUTH.splitlines()[1:]]
    (tables.parent / "all.csv").write_text("age,ward,who,place\n" + "\n".join(rows))
    suite = read_suite(
        write_suite(tables.parent / "own.yaml", "{tables: all.csv, label: who, domain: place}", pairs="[north_ward:d7]")
    )
    specs = known_domains(suite, registry)
    whole = prepare(specs["d7"]).open()
    apart = opened(tables.parent, registry)
    np.testing.assert_array_equal(whole.train.x, apart.train.x)
    np.testing.assert_array_equal(whole.test.y, apart.test.y)


def test_train_and_test_may_be_two_files(tables: Path, registry: Registry) -> None:
    (tables / "south.csv").unlink()
    (tables / "south").mkdir()
    (tables / "south" / "train.csv").write_text(SOUTH)
    (tables / "south" / "test.csv").write_text("\n".join(SOUTH.splitlines()[:1] + SOUTH.splitlines()[4:8]))
    arrays = opened(tables.parent, registry)
    assert arrays.train.x[:, 0].tolist() == list(range(50, 60))
    assert arrays.test.x[:, 0].tolist() == [53, 54, 55, 56]


def test_npz_is_a_table_as_well(tables: Path, registry: Registry) -> None:
    x = np.arange(20.0).reshape(10, 2)
    for name in ("north", "south"):
        (tables / f"{name}.csv").unlink()
        np.savez(tables / f"{name}.npz", x=x, who=np.arange(10) % 2)
    arrays = opened(tables.parent, registry)
    assert arrays.classes == ("0", "1")
    np.testing.assert_array_equal(np.sort(np.concatenate([arrays.train.x, arrays.test.x]), axis=0), x)


def test_an_npz_is_never_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match=r"cannot be read: Object arrays cannot be loaded"):
        read_table(tmp_path / "x.npz")


def test_parquet_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)  # an earlier test may have read a table
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"pip install 'dabench\[parquet\]'"):
        read_table(tmp_path / "x.parquet")


def test_parquet_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.0], "b": ["x", "y"]})
    frame.to_parquet(tmp_path / "x.parquet")
    read = read_table(tmp_path / "x.parquet").frame
    assert read["a"].tolist() == [1.5, 2.0]
    assert read["b"].tolist() == ["x", "y"]


def test_rows_of_no_domain_are_counted(tmp_path: Path, data: Path, registry: Registry) -> None:
    rows = [f"{place},{row},{('ill', 'well')[row % 2]}\n" for place in ("north", "south", "") for row in range(6)]
    (tmp_path / "both.csv").write_text("where,age,who\n" + "".join(rows))
    suite = write_suite(tmp_path / "own.yaml", "{tables: both.csv, label: who, domain: where}", "[north:south]")
    found = prepare(known_domains(read_suite(suite), registry)["south"])
    assert found.notes == ("6 rows of both.csv name no domain and belong to none, the first is line 14",)


def test_classes_that_the_suite_does_not_name_are_counted(tables: Path, registry: Registry) -> None:
    for name in ("north", "south"):
        with (tables / f"{name}.csv").open("a") as file:
            file.write("1,a,dead\n2,b,dead\n")
    notes = opened(tables.parent, registry, ", classes: [ill, well]").notes
    assert notes[0] == "classes that the suite does not name: dead (2 examples)"


def test_lines_are_those_of_the_file_where_it_holds_several_domains(tmp_path: Path, registry: Registry) -> None:
    rows = [f"{place},{number},{'ab'[number % 2]}" for place in ("north", "south") for number in range(10)]
    rows[13] = "south,3,"
    (tmp_path / "both.csv").write_text("where,age,who\n" + "\n".join(rows) + "\n")
    suite = write_suite(tmp_path / "own.yaml", "{tables: both.csv, label: who, domain: where}", "[north:south]")
    with pytest.raises(DataError, match=r"1 rows without a label, the first is line 15"):
        prepare(known_domains(read_suite(suite), registry)["south"])


@pytest.mark.slow
def test_empty_cells_are_refused_unless_told_how(tables: Path, registry: Registry) -> None:
    (tables / "south.csv").write_text(SOUTH.replace("50,a", ",a").replace("51,c", "51,"))
    with pytest.raises(
        DataError, match=r"south.csv: cells are empty in age \(1\), ward \(1\), the first in line 2. Say .*`missing"
    ):
        opened(tables.parent, registry)
    dropped = opened(tables.parent, registry, ", missing: drop")
    assert len(dropped.train.y) + len(dropped.test.y) == 8
    assert "2 rows with empty cells are dropped" in dropped.notes
    (tables / "north.csv").write_text(NORTH.replace("19,", "1000,"))
    ages = opened(tables.parent, registry, ", missing: mean", name="north").train.x[:, 0]
    for how, number in (("mean", np.mean), ("median", np.median)):
        arrays = opened(tables.parent, registry, f", missing: {how}")
        both = np.concatenate([arrays.train.x, arrays.test.x])
        assert np.isclose(both[:, 0], number(ages)).sum() == 1
        assert both[both[:, 0] == 51][0, 1:].sum() == 1  # the most frequent category


@pytest.mark.parametrize(
    ("change", "options", "text"),
    [
        (
            ("50,a", "old,a"),
            "",
            r"the column age holds numbers, such as 10, and in 1 cells something else: 'old' \(south.csv, line 2\)",
        ),
        (("age,", "years,"), "", "the columns differ: age only in north; years only in south"),
        (("who", "whom"), "", "has no column 'who'. Did you mean 'whom'"),
        (("who", " WHO"), "", "has no column 'who'. Did you mean ' WHO'"),
        (("50,a", "inf,a"), "", r"the column age has infinite values \(south.csv, line 2\): .*`na_values: \[inf\]`"),
        (("50,a", "1e300,a"), "", "beyond what float32"),
        (("50,a,ill", "50,a,"), "", "1 rows without a label, the first is line 2"),
        (("x", "x"), ", categorical: [agee]", "`categorical` names agee; the columns are age; ward"),
        (("x", "x"), ", drop: [wards]", "has no column 'wards'. Did you mean 'ward'"),
        (("x", "x"), ", drop: [age, ward]", "has no column besides the label"),
        (("x", "x"), ", separator: ;", "csv, line 1: .* is a single column, 'age,ward,who'. Say `separator: ','`"),
        ((SOUTH, "age,ward,who\n"), "", "has no rows"),
        ((SOUTH, ""), "", "south.csv cannot be read"),
        (("age,ward", "ward,ward"), "", "south.csv has several columns called ward"),
        (("50,a,ill", "50,a"), "", "south.csv, line 2 has 2 cells, and the header names 3 columns: '50'; 'a'"),
        (("50,a,ill", "50,5,a,ill"), "", "south.csv, line 2 has 4 cells, .* needs quotes around it"),
        (("50,a,ill", '50,"a,ill'), "", "south.csv, line 2 cannot be read: its quote is never closed"),
    ],
)
def test_mistakes_in_tables(tables: Path, registry: Registry, change: tuple[str, str], options: str, text: str) -> None:
    (tables / "south.csv").write_text(SOUTH.replace(*change))
    with pytest.raises(DabenchError, match=text):
        opened(tables.parent, registry, options)


def test_numbers_may_stand_for_categories(tables: Path, registry: Registry) -> None:
    (tables / "north.csv").write_text(NORTH.replace(",a,", ",3,").replace(",b,", ",4,"))
    (tables / "south.csv").write_text(SOUTH.replace(",a,", ",3.0,").replace(",c,", ",,"))
    arrays = opened(tables.parent, registry, ", categorical: [ward], drop: [age], missing: drop")
    assert {tuple(row) for row in arrays.train.x.tolist()} == {(1.0, 0.0)}


def test_an_identifier_is_no_category(tables: Path, registry: Registry) -> None:
    rows = "".join(f"{row},name{row},{('ill', 'well')[row % 2]}\n" for row in range(200))
    for name in ("north", "south"):
        (tables / f"{name}.csv").write_text("age,ward,who\n" + rows)
    with pytest.raises(DataError, match=r"the column ward has 140 categories, and 100 are the most"):
        opened(tables.parent, registry)


def test_a_label_of_fractions_is_no_class(tables: Path, registry: Registry) -> None:
    (tables / "north.csv").write_text(NORTH.replace("ill", "0.5").replace("well", "1"))
    with pytest.raises(DataError, match=r"the label who holds fractions"):
        opened(tables.parent, registry)


def recordings(folder: Path, change: Any = lambda frame: frame) -> None:
    """Two sensors that recorded eight people at once; the rows of the other in other order."""
    (folder / "tables").mkdir(exist_ok=True)
    rows = [
        (f"{person}-{time}", f"p{person}", "sit" if time < 3 else "walk") for person in range(8) for time in range(6)
    ]
    frame = pd.DataFrame(rows, columns=["when", "person", "who"])
    frame["x"] = np.arange(len(frame))
    frame.iloc[2:].to_csv(folder / "tables" / "north.csv", index=False)
    other = frame.assign(x=frame["x"] + 100).sample(frac=1, random_state=0)
    change(other[other["when"] != "7-5"]).to_csv(folder / "tables" / "south.csv", index=False)


PAIRED = ", moment: when, group: person"
TRACK = {"track": "paired", "shots": "2", "backbone": "mlp"}


def test_rows_of_one_moment_stand_in_one_place(tmp_path: Path, data: Path, registry: Registry) -> None:
    recordings(tmp_path)
    specs = {}
    for name in ("north", "south"):
        suite = write_suite(tmp_path / "own.yaml", f"{{tables: tables, label: who{PAIRED}}}", "[north:south]", **TRACK)
        specs[name] = known_domains(read_suite(suite), registry)[name]
    assert specs["north"].recording == specs["south"].recording != ""
    north, south = (specs[name].load()() for name in ("north", "south"))
    for one, other in ((north.train, south.train), (north.test, south.test)):
        np.testing.assert_array_equal(one.x + 100, other.x)
        np.testing.assert_array_equal(one.y, other.y)
        np.testing.assert_array_equal(one.groups, other.groups)
    assert not set(north.train.groups) & set(north.test.groups), "whole people"
    assert len(north.train.y) + len(north.test.y) == 48 - 3
    assert north.notes[0] == "1 rows of moments that not every domain has are not used"
    assert south.notes[0] == "2 rows of moments that not every domain has are not used"


@pytest.mark.slow
def test_the_track_paired_runs_on_ones_own_recordings(tmp_path: Path, data: Path, registry: Registry) -> None:
    recordings(tmp_path)
    domains = f"{{tables: tables, label: who{PAIRED}}}"
    suite = write_suite(tmp_path / "own.yaml", domains, "[north:south]", **TRACK | {"methods": "[fine_tune]"})
    plan = make_plan(read_suite(suite), registry, device_kind="cpu")
    recorder = Recorder(plan, tmp_path / "results", registry)
    carry_out(recorder, RunOptions(device="cpu", launcher="inline"), lambda event: None)
    assert {record.status for record in recorder.records} <= {"ok", "collapsed"}, [
        run.error for run in recorder.records
    ]
    assert {record.method for record in recorder.records} == {"source_only", "fine_tune", "target_only"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda frame: frame.replace({"who": {"sit": "lie"}}), r"differ in the label of the moment 0-2"),
        (lambda frame: frame.replace({"person": {"p3": "p9"}}), r"differ in the group of the moment 3-0"),
        (lambda frame: frame.assign(when="now"), r"south: the moment now is that of several rows"),
        (lambda frame: frame.assign(when=range(len(frame))), r"north and south have no moment in common"),
        (lambda frame: frame.assign(when=[None, *frame["when"][1:]]), r"south: a moment is empty"),
    ],
)
def test_recordings_that_do_not_fit(tmp_path: Path, data: Path, registry: Registry, change: Any, text: str) -> None:
    recordings(tmp_path, change)
    with pytest.raises(DataError, match=text):
        opened(tmp_path, registry, PAIRED)


def test_a_group_is_on_one_side_also_without_moments(tmp_path: Path, data: Path, registry: Registry) -> None:
    recordings(tmp_path)
    arrays = opened(tmp_path, registry, ", group: person, drop: [when], test_share: 0.25")
    assert not set(arrays.train.groups) & set(arrays.test.groups)
    assert 0.2 < len(arrays.test.y) / 47 < 0.4


def test_parquet_folders_are_domains_split_or_not(tmp_path: Path, data: Path, registry: Registry) -> None:
    rows = pd.DataFrame({"age": range(10), "who": ["ill", "well"] * 5})
    for part in ("north/part-0", "north/part-1", "south/train", "south/test"):
        (tmp_path / "tables" / part).parent.mkdir(parents=True, exist_ok=True)
        rows.to_parquet(tmp_path / "tables" / f"{part}.parquet")
    assert len(opened(tmp_path, registry, name="north").train.y) == 14
    south = opened(tmp_path, registry)
    assert len(south.train.y) == len(south.test.y) == 10
    (tmp_path / "tables/south/test.parquet").unlink()
    assert own_names(OwnTables(tables=str(tmp_path / "tables"), label="who")) == {"north": "north"}
