"""Rounds of the track active: what is asked for, by whom, and what is revealed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dabench_plugins import asks

from dabench.data.prepared import PreparedDomain
from dabench.errors import DabenchError, PluginError, UsageError
from dabench.methods.pool import Pool
from dabench.plugin.registry import Registry
from dabench.results.record_file import read_record
from dabench.runner.asking import Asker, chosen, pool_of
from dabench.runs.plan import Plan
from dabench.runs.record import RunRecord
from dabench.selection.outputs import Outputs, target_rows
from dabench.specs.spec import AskSpec, Origin, Registered
from tests.support.toy_runs import plan_of, run

ASK = {"rounds": 2, "per_round": 3, "rules": ["random", "margin"]}
ORIGIN = Origin(distribution="mine", version="1", entry_point="rules")
PAIR = "toy_a:toy_b"


def _plan(registry: Registry, **changes: Any) -> Plan:
    suite = {"track": "active", "shots": None, "ask": ASK, "methods": ["all"], "pairs": [PAIR], "seeds": [0]}
    return plan_of(registry, **{**suite, "budget": {"steps": 4, "batch": 8}, **changes})


def _records(results: Path) -> dict[tuple[str, int], RunRecord]:
    found = map(read_record, results.glob("runs/**/*.json"))
    return {(record.rule or record.method, record.round or 0): record for record in found}


@pytest.fixture
def results(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small plan, carried out once for all tests that only read it."""
    folder = tmp_path_factory.getbasetemp() / "active"
    if not folder.exists():
        run(_plan(registry), folder, registry, output_rows=5000)
    return folder


@pytest.mark.slow
def test_every_rule_has_its_rounds_and_the_bounds_have_none(results: Path) -> None:
    records = _records(results)
    assert set(records) == {("source_only", 0), ("target_only", 0)} | {
        (rule, number) for rule in ASK["rules"] for number in (1, 2)
    }
    assert {key: record.shots for key, record in records.items()} == {key: 3 * key[1] or None for key in records}
    assert {record.variant for record in records.values()} == {"", "random", "margin"}
    assert len({record.comparison_sha256 for record in records.values()}) == 1


def test_a_round_adds_to_those_before_it_and_asks_nothing_twice(results: Path) -> None:
    records = _records(results)
    for rule in ASK["rules"]:
        first, second = records[rule, 1].asked, records[rule, 2].asked
        assert (len(first), len(second)) == (3, 6)
        assert second[:3] == first
        assert len(set(second)) == 6
    assert records["random", 1].asked != records["margin", 1].asked


def test_the_rule_decides_by_the_outputs_of_the_round_before(results: Path, registry: Registry) -> None:
    from dabench.selection.output_files import outputs_file, outputs_folder
    from dabench.selection.outputs import read_outputs

    records = _records(results)
    source_only = records["source_only", 0]
    outputs = read_outputs(outputs_file(outputs_folder(results, source_only.run_id), 4))
    rows = target_rows(0, len(outputs.target_logits))
    highest = np.sort(outputs.probabilities, axis=1)
    gap = dict(zip(rows.tolist(), (highest[:, -1] - highest[:, -2]).tolist(), strict=True))
    asked = records["margin", 1].asked
    assert sorted(gap, key=lambda row: (gap[row], row))[:3] == asked


@pytest.mark.slow
def test_the_same_seed_asks_for_the_same_rows_and_another_for_others(
    results: Path, registry: Registry, tmp_path: Path
) -> None:
    run(_plan(registry, seeds=[0, 1], ask={**ASK, "rounds": 1}), tmp_path, registry, output_rows=5000)
    again = [read_record(path) for path in tmp_path.glob("runs/**/*.json")]
    asked = {(record.rule, record.seed): record.asked for record in again if record.rule}
    assert asked["random", 0] == _records(results)["random", 1].asked
    assert asked["margin", 0] == _records(results)["margin", 1].asked
    assert asked["random", 1] != asked["random", 0]


@pytest.mark.slow
def test_an_interrupted_curve_goes_on(results: Path, registry: Registry, tmp_path: Path) -> None:
    """The records and outputs of the first round are there; then those of the second are the same."""
    plan = _plan(registry)
    first = replace(plan, runs=tuple(one for one in plan.runs if one.round < 2))
    run(first, tmp_path, registry, output_rows=5000)
    run(plan, tmp_path, registry, output_rows=5000)
    ours, theirs = _records(tmp_path), _records(results)
    for key in theirs:
        assert (ours[key].asked, ours[key].predictions_sha256) == (theirs[key].asked, theirs[key].predictions_sha256)


class Poisoned(PreparedDomain):
    """A target whose labels are wrong, but for some rows."""

    right: tuple[int, ...] = ()

    def labels_of(self, split: str) -> Any:
        y = super().labels_of(split)
        wrong = (y + 1) % len(self.classes)
        wrong[list(self.right)] = y[list(self.right)]
        return wrong


def test_labels_of_rows_that_were_not_asked_for_decide_nothing(results: Path, registry: Registry) -> None:
    plan, records = _plan(registry), _records(results)
    target = plan.domains["toy_b"]
    for rule in ASK["rules"]:
        (second,) = (one for one in plan.runs if one.round == 2 and one.variant == rule)
        poisoned = Poisoned(**vars(target))
        object.__setattr__(poisoned, "right", tuple(records[rule, 1].asked))
        dirty = replace(plan, domains={**plan.domains, "toy_b": poisoned})
        asker = Asker(dirty, results, registry, {record.run_id: record for record in records.values()})
        assert asker.rows(second).tolist() == records[rule, 2].asked


def test_a_round_after_one_that_failed_says_so(results: Path, registry: Registry) -> None:
    plan, records = _plan(registry), _records(results)
    (second,) = (one for one in plan.runs if one.round == 2 and one.variant == "margin")
    known = {record.run_id: record for record in records.values() if record.rule != "margin"}
    with pytest.raises(DabenchError, match=r"by the outputs of .*\(margin\) round 1 seed 0, which has come"):
        Asker(plan, results, registry, known).rows(second)


def _pool(rows: int = 30, seed: int = 0) -> Pool:
    generator = np.random.default_rng(seed)
    return Pool(
        logits=generator.normal(size=(rows, 3)).astype(np.float32),
        embeddings=generator.normal(size=(rows, 4)).astype(np.float32),
        asked_logits=generator.normal(size=(12, 3)).astype(np.float32),
        asked_embeddings=generator.normal(size=(12, 4)).astype(np.float32),
        asked_y=generator.integers(0, 3, 12),
        val_logits=generator.normal(size=(20, 3)).astype(np.float32),
        val_embeddings=generator.normal(size=(20, 4)).astype(np.float32),
        val_y=generator.integers(0, 3, 20),
    )


def _rule(function: Any, monkeypatch: pytest.MonkeyPatch) -> Registered[AskSpec]:
    spec = AskSpec(name="mine", entry_point="mine.rules:mine", summary="for tests")
    monkeypatch.setattr(AskSpec, "load", lambda self: function)
    return Registered(spec, ORIGIN)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda pool, count, generator: np.zeros(count, int), "asks for row 0 more than once: each label"),
        (
            lambda pool, count, generator: np.arange(count) + len(pool) - 1,
            "row 30, which it was not offered.* 0 to 29",
        ),
        (lambda pool, count, generator: -1 - np.arange(count), "row -1, which it was not offered"),
        (lambda pool, count, generator: np.arange(count + 1), r"shape \(4,\) and type int64, and 3 whole numbers"),
        (lambda pool, count, generator: np.arange(count) / 2, r"shape \(3,\) and type float64"),
        (lambda pool, count, generator: [], r"shape \(0,\) and type float64"),
        (lambda pool, count, generator: pool.target_y, "has failed: AttributeError: 'Pool' object has no attribute"),
    ],
)
def test_what_a_rule_may_not_return(function: Any, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PluginError, match=rf"the rule mine of mine:rules \(mine.rules:mine\) .*{says}"):
        chosen(_rule(function, monkeypatch), _pool(), 3, np.random.default_rng(0))


def test_more_labels_than_rows_are_left_and_outputs_that_are_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = _rule(lambda pool, count, generator: np.arange(count), monkeypatch)
    with pytest.raises(DabenchError, match=r"31 labels are asked for, and 30 unlabelled rows are left: ask for fewer"):
        chosen(rule, _pool(), 31, np.random.default_rng(0))
    broken = replace(_pool(), logits=np.full((30, 3), np.nan, np.float32))
    with pytest.raises(DabenchError, match="the outputs of the round before are no numbers"):
        chosen(rule, broken, 3, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ask": None}, "the track active, and no other, has `ask`"),
        ({"track": "unsupervised"}, "the track active, and no other, has `ask`"),
        ({"ask": {**ASK, "rounds": 0}}, "greater than or equal to 1"),
        ({"ask": {**ASK, "per_round": 0}}, "greater than or equal to 1"),
        ({"ask": {**ASK, "rules": []}}, "at least 1 item"),
        ({"ask": {**ASK, "rules": ["k-center", "k_center"]}}, "a rule is named twice"),
        ({"bounds": ["target_only"]}, "asks first by the outputs of source_only"),
        ({"shots": [1]}, "`shots` are of the tracks few_shot and paired, and this suite is active"),
    ],
)
def test_suites_that_are_refused(registry: Registry, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        _plan(registry, **changes)


def test_plans_that_are_refused(registry: Registry) -> None:
    with pytest.raises(UsageError, match=r"asks for 5000 labels .*, and toy_b offers \d+ examples: ask for fewer"):
        _plan(registry, ask={**ASK, "per_round": 2500})
    with pytest.raises(UsageError, match=r"unknown ask 'margins'.*Did you mean.*'margin'"):
        _plan(registry, ask={**ASK, "rules": ["margins"]})
    with pytest.raises(UsageError, match="the rule margin reads probabilities, and the scores of feda here are none"):
        _plan(registry, methods=["feda"])
    with pytest.raises(UsageError, match="coral runs in unsupervised, the suite toy is active"):
        _plan(registry, methods=["coral"])


def test_the_pool_is_in_the_order_of_rows_and_holds_labels_of_asked_rows_alone(registry: Registry) -> None:
    domain = _plan(registry).domains["toy_b"]
    y = domain.labels_of("train")
    rows = target_rows(3, len(y))
    marks = rows[:, None].astype(np.float32)
    none = np.zeros((0, 1), np.float32)
    outputs = Outputs(none, none, np.zeros(0, np.int64), marks, marks, none)
    asked = rows[[4, 1]]
    pool, offered = pool_of(outputs, domain, asked, seed=3)
    assert offered.tolist() == sorted(set(rows.tolist()) - set(asked.tolist()))
    assert pool.logits[:, 0].tolist() == offered.tolist()
    assert pool.asked_logits[:, 0].tolist() == asked.tolist()
    assert pool.asked_y.tolist() == y[asked].tolist()


RULES = {spec.name: spec for spec in asks.specs()}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_that_ships_chooses_so_many_rows_and_is_repeatable(name: str) -> None:
    rule = Registered(RULES[name], ORIGIN)
    pool = _pool()
    before = {key: value.copy() for key, value in vars(pool).items()}
    for count in (1, 7, 30):
        first, again = (chosen(rule, pool, count, np.random.default_rng(5)) for _ in range(2))
        assert first.tolist() == again.tolist()
        assert len(set(first.tolist())) == count
    for key, value in before.items():
        assert np.array_equal(value, vars(pool)[key])
    alike = replace(pool, logits=np.zeros_like(pool.logits), embeddings=np.ones_like(pool.embeddings))
    assert len(chosen(rule, alike, 4, np.random.default_rng(0))) == 4
    none = replace(
        pool, asked_logits=pool.logits[:0], asked_embeddings=pool.embeddings[:0], asked_y=pool.asked_y[:0],
        val_logits=pool.logits[:0], val_embeddings=pool.embeddings[:0], val_y=pool.val_y[:0],
    )  # fmt: skip
    assert len(chosen(rule, none, 4, np.random.default_rng(0))) == 4
