"""Runs of the time when plugins were hashed byte for byte."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from shutil import copy
from typing import Any

import pandas as pd
import pytest

from dabench.baseline.compare import compare
from dabench.config.overrides import Overrides
from dabench.config.suite_file import find_suite
from dabench.errors import UsageError
from dabench.hashing.identity import RunIdentity
from dabench.hashing.sources import source_sha256
from dabench.hashing.syntax import reduced, text_of
from dabench.leaderboard.build import build_tables
from dabench.planning.resolve import resolve
from dabench.plugin.registry import load_registry
from dabench.results.cells import rows_of
from dabench.results.comparable import comparable_runs
from dabench.results.csv_file import csv_text, read_csv
from dabench.results.folder import read_results
from dabench.results.lineage import cell_by_former, former_ids, frame_of_today, syntax_by_former
from dabench.results.merge import merge
from dabench.results.prune import superseded
from dabench.results.publish import publish
from dabench.results.record_file import read_record, write_record
from dabench.results.records import read_records
from dabench.results.verify import verify
from dabench.runner.reproduce import find_recorded
from dabench.runs.record import Accuracy, CodeInfo, Environment, Metrics, PluginInfo, RunRecord

ROOT = Path(__file__).parents[2]
MINI = ROOT / "tests/support/mini_by_bytes.csv"
"""`results/mini.csv` as it was published then."""

RENAMED = ["run_id", "plugin_source_sha256"]

SOURCE_ONLY = '''\
"""The lower bound: train on the source alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem


class SourceOnly(DeepMethod):
    """Cross-entropy on labelled source data; the target is never looked at."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}


class SourceOnlyFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on labelled source vectors."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            classifier: `readout` is the suite's; `rbf_svm_cv` is the SVM with a Gaussian kernel that stands behind the
                row "NA" of the tables of CORAL, whose text calls it linear.
        """

        classifier: Literal["readout", "rbf_svm_cv"] = "readout"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        named = self.options.classifier
        self._classifier = self.classifier() if named == "readout" else self.classifier(named)
        self._classifier.fit(problem.source_x, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores
'''
"""The plugin as it was when the rows of `MINI` were made."""


def written(path: Path) -> list[dict[str, str]]:
    """The rows of a file as they stand there."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PARTS = {"accuracy": Accuracy, "metrics": Metrics, "plugin": PluginInfo, "code": CodeInfo, "env": Environment}


def record_of(row: Mapping[str, Any], **changes: Any) -> RunRecord:
    """A record with what a row of `MINI` holds."""
    fields: dict[str, Any] = {name: row[name] for name in (*RunRecord.model_fields, "schema") if name in row}
    for name, kind in PARTS.items():
        fields[name] = kind(**{field: row.get(f"{name}_{field}") for field in kind.model_fields})
    return RunRecord(**(fields | {"settings": {}} | changes))


def as_written() -> list[dict[str, Any]]:
    """The rows of `MINI` with the types of a frame, and the ids of that time."""
    rows = rows_of(read_csv(MINI)[0])
    return [{**row, **{name: old[name] for name in RENAMED}} for row, old in zip(rows, written(MINI), strict=True)]


@pytest.mark.slow
def test_every_id_of_then_is_one_row_now_with_the_same_numbers() -> None:
    frame, flaws = read_csv(MINI)
    rows = written(MINI)
    assert not flaws
    assert len(frame) == frame["run_id"].nunique() == len(rows) == 50
    assert not set(frame["run_id"]) & {row["run_id"] for row in rows}
    found = {former: row for row in rows_of(frame) for former in former_ids(row)}
    for old in rows:
        row = found[old["run_id"]]
        for name in set(row) & set(old) - set(RENAMED):
            expected = "" if row[name] is None else row[name]
            assert old[name] == str(expected) or float(old[name]) == expected, name
    for old in (rows[0], rows[-1]):
        row = found[old["run_id"]]
        assert row["run_id"] != old["run_id"]
        for run_id in (old["run_id"], old["run_id"][:12], row["run_id"]):
            assert find_recorded(run_id, MINI).row == row


@pytest.mark.slow
def test_no_published_row_is_an_orphan() -> None:
    """Each has the id that follows from its row: that of the bytes, or that of the syntax."""
    for path in sorted((ROOT / "results").glob("*.csv")):
        frame, flaws = read_csv(path)
        rows = written(path)
        assert not flaws
        assert len(frame) == frame["run_id"].nunique() == len(rows)
        for row, old in zip(rows_of(frame), rows, strict=True):
            former = old["method"], old["settings_sha256"], old["plugin_source_sha256"]
            source = syntax_by_former().get(former[2], former[2])
            found = row["method"], row["settings_sha256"], row["plugin_source_sha256"]
            assert found == cell_by_former().get(former, (*former[:2], source))
            assert old["run_id"] in (row["run_id"], *former_ids(row)), f"{path.name}: {old['run_id']}"


def test_the_table_holds_hashes_of_real_sources() -> None:
    name, text = "dabench_plugins.source_only", SOURCE_ONLY
    by_bytes = sha256(f"{name}\0{len(text.encode())}\0{text}".encode()).hexdigest()
    syntax = text_of(reduced(text.encode(), "dabench_plugins"))
    assert syntax_by_former()[by_bytes] == sha256(f"{name}\0{len(syntax)}\0{syntax}".encode()).hexdigest()
    assert {row["plugin_source_sha256"] for row in written(MINI) if row["method"] == "source_only"} == {by_bytes}


def test_runs_of_vada_from_before_a_function_of_it_moved_into_dabench_are_current() -> None:
    """The hash of its bytes, of its syntax then and of its syntax now are one version; an older one is not."""
    now = source_sha256("dabench_plugins.vada:Vada")
    frame, _ = read_csv(ROOT / "results" / "ganin_strong.csv")
    rows = [row for row in rows_of(frame) if row["method"] == "vada" and row["variant"] == "dann_weight_long"]
    assert [row["plugin_source_sha256"] for row in rows] == [now]
    assert {former for former, syntax in syntax_by_former().items() if syntax == now} == {
        "4d2fe97f48ada65c652e90d378a5f5709d62da66acabfce6862c3dd8566cae4c",
        "b9f330e3791d898edb36e3bed2cb273568dde09b1bf382402d54fadb049af720",
        "daf2250f1d38a137c487c06e3913ac1cc638d7eb8a0d8149383a39817060e47d",
    }
    first_published_as = "2f8d0f3d3034dcafb36875d73fdd2862bdb5950c69b0cb57c0f8ac359983d40f"
    assert first_published_as in former_ids(rows[0])


@pytest.mark.slow
def test_rows_of_renamed_methods_and_of_fewer_options_are_runs_of_today() -> None:
    registry = load_registry()
    for name in ("mini_paired", "mini_few_shot"):
        suite = find_suite(name, registry)
        published = rows_of(read_csv(ROOT / "results" / f"{name}.csv")[0])
        for entry in suite.methods:
            if entry.method in ("fine_tune", "kl_anchor", "l2_sp", "target_k"):
                cell = resolve(suite, suite.pairs[0], entry, Overrides(), registry, suite.shots[-1])
                rows = [row for row in published if row["settings_sha256"] == cell.settings_sha256]
                assert [row["seed"] for row in rows] == [0, 1, 2, 3, 4], cell.row
                assert {row["plugin_source_sha256"] for row in rows} == {cell.plugin.source_sha256}
                assert {row["method"] for row in rows} == {entry.method}


def test_no_hash_of_the_table_is_of_both_kinds() -> None:
    assert not syntax_by_former().keys() & set(syntax_by_former().values())


@pytest.mark.slow
def test_the_baseline_of_then_judges_runs_of_now() -> None:
    now = read_csv(MINI)[0].assign(finished="2026-11-29T00:00:00+00:00", schema=2)
    report = compare(read_csv(MINI)[0], now, max_drop=0.0)
    assert [cell.verdict for cell in report.cells] == ["same"] * 10
    assert not [change for cell in report.cells for change in cell.changes]


@pytest.mark.slow
def test_a_partial_repetition_joins_the_published_rows(tmp_path: Path) -> None:
    """Current runs, made again with the same numbers: 7 here, 43 published."""
    copy(MINI, tmp_path / "mini.csv")
    again = rows_of(read_csv(MINI)[0])[:7]
    for row in again:
        write_record(tmp_path, record_of(row, finished="2026-11-29T00:00:00+00:00"))
    frame = read_results(tmp_path, "mini").frame
    assert len(frame) == 50
    kept, left_out = comparable_runs(frame)
    assert (len(kept), left_out) == (50, 0)
    assert (kept["finished"] == "2026-11-29T00:00:00+00:00").sum() == 7
    published = read_csv(publish(tmp_path, "mini", tmp_path / "out.csv"))[0]
    assert set(published["run_id"]) == set(read_csv(MINI)[0]["run_id"])
    assert verify(tmp_path)[1] == []


@pytest.mark.slow
def test_a_record_of_then_is_the_run_of_now(tmp_path: Path) -> None:
    old, new = as_written()[0], rows_of(read_csv(MINI)[0])[0]
    path = write_record(tmp_path, record_of(old))
    assert path.stem == f"0-{old['run_id'][:12]}"
    before = path.read_bytes()
    (record,), flaws = read_records(tmp_path, "mini")
    assert not flaws
    assert record == read_record(path) == record_of(old, run_id=new["run_id"], plugin=record.plugin)
    assert record.plugin.source_sha256 == new["plugin_source_sha256"]
    copy(MINI, tmp_path / "mini.csv")
    assert len(read_results(tmp_path).frame) == 50  # the record and its row are one run
    assert verify(tmp_path) == (50, [])
    assert superseded(tmp_path) == []
    assert path.read_bytes() == before
    done = merge(tmp_path / "other", [tmp_path])
    assert (done.copied, done.rows, done.conflicts) == (1, 49, [])
    assert find_recorded(old["run_id"], tmp_path / "other").row["run_id"] == new["run_id"]


def two_wordings() -> list[str]:
    """Hashes of the bytes of two versions of a plugin that differ in words alone."""
    by_syntax: dict[str, list[str]] = {}
    for by_bytes, syntax in syntax_by_former().items():
        by_syntax.setdefault(syntax, []).append(by_bytes)
    return next(versions for versions in by_syntax.values() if len(versions) == 2)


@pytest.mark.slow
def test_two_wordings_of_a_plugin_are_one_lineage(tmp_path: Path) -> None:
    rows = []
    for minute, source in enumerate(two_wordings()):
        row = as_written()[0] | {"plugin_source_sha256": source, "finished": f"2026-11-23T00:0{minute}:00+00:00"}
        rows.append(row | {"run_id": id_of(row), "accuracy_selected": 0.1 * minute})
    assert rows[0]["run_id"] != rows[1]["run_id"]
    frame = pd.DataFrame(rows).astype(read_csv(MINI)[0].dtypes)
    (tmp_path / "mini.csv").write_text(csv_text(frame))
    found, flaws = read_csv(tmp_path / "mini.csv")
    assert (len(found), flaws) == (1, [])
    assert found["accuracy_selected"].tolist() == [0.1]  # that of the later one
    assert set(former_ids(rows_of(found)[0])) == {row["run_id"] for row in rows}


def id_of(row: Mapping[str, Any]) -> str:
    """The id that follows from a row of `MINI`."""
    names = ("suite", "suite_version", "method", "seed")
    return RunIdentity(
        **{name: row[name] for name in names},
        pair="digits:digits_m",
        settings=row["settings_sha256"],
        data=row["data_sha256"],
        plugin=(row["plugin_distribution"], row["plugin_version"], row["plugin_source_sha256"]),
        device_kind="cpu",
        numerics=1,
    ).run_id


@pytest.mark.slow
@pytest.mark.parametrize("changes", [{"run_id": "0" * 64}, {"plugin_source_sha256": "9" * 64}])
def test_what_the_table_does_not_explain_stays_another_lineage(changes: dict[str, str], tmp_path: Path) -> None:
    """An id that does not follow from its row, and the plugin of somebody else."""
    rows = as_written()
    rows[0] |= changes | {"finished": "2026-11-22T00:00:00+00:00"}
    frame = pd.DataFrame(rows).astype(read_csv(MINI)[0].dtypes)
    (tmp_path / "mini.csv").write_text(csv_text(frame))
    found = read_results(tmp_path).frame
    assert {name: found[name][0] for name in RENAMED} == {name: rows[0][name] for name in RENAMED}
    kept, left_out = comparable_runs(found)
    assert (len(kept), left_out) == (49, 1)


def test_an_id_that_never_was_is_not_found() -> None:
    with pytest.raises(UsageError, match="there is no run"):
        find_recorded("0123456789", MINI)


def with_torch(row: Mapping[str, Any], torch: str) -> dict[str, Any]:
    """A row as a dabench whose identities named no torch has written it with another release."""
    made = dict(row) | {"env_torch": torch}
    return made | {"run_id": id_of(made)}


@pytest.mark.slow
def test_another_torch_is_another_run_and_tables_say_so(tmp_path: Path) -> None:
    """Without it one of two equal ids would win, and rows with other dropout masks would stand for each other."""
    here = [row for row in as_written() if row["target"] == "digits_m"]
    there = [with_torch(row, "2.6.0+cpu") for row in here]
    assert [row["run_id"] for row in there] == [row["run_id"] for row in here], "the id of then names no torch"
    frame = pd.DataFrame(there).astype(read_csv(MINI)[0].dtypes)
    (tmp_path / "mini.csv").write_text(csv_text(frame))
    found = rows_of(read_csv(tmp_path / "mini.csv")[0])
    published = {row["run_id"] for row in rows_of(read_csv(MINI)[0])}
    assert not {row["run_id"] for row in found} & published
    assert there[0]["run_id"] in former_ids(found[0])
    assert frame_of_today(read_csv(tmp_path / "mini.csv")[0]).equals(read_csv(tmp_path / "mini.csv")[0])
    assert RunIdentity(**IDENTITY, torch="2.15").run_id == RunIdentity(**IDENTITY).run_id
    assert RunIdentity(**IDENTITY, torch="2.6").run_id != RunIdentity(**IDENTITY).run_id
    others = read_csv(MINI)[0]
    mixed = pd.concat([read_csv(tmp_path / "mini.csv")[0], others[others["target"] != "digits_m"]], ignore_index=True)
    (tmp_path / "mini.csv").write_text(csv_text(mixed))
    (table,) = build_tables(read_results(tmp_path).frame)
    assert "runs of more than one torch: 2.15.0+cu132, 2.6.0+cpu" in table.notes


IDENTITY: Any = {
    "suite": "s", "suite_version": 1, "pair": "a:b", "method": "m", "seed": 0, "settings": "1", "data": "2",
    "plugin": ("d", "1", "3"), "device_kind": "cpu",
}  # fmt: skip
