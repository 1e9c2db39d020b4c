"""The study of the verdict: its copies are null runs, and its fast verdict is the product's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from dabench.execution import deep_run
from dabench.results.cells import rows_of
from dabench.results.folder import read_results
from dabench.results.record_file import write_record
from tests.studies import machines as study_machines
from tests.studies import verdict as study_verdict
from tests.support.factories import make_record


def test_a_copy_differs_in_the_last_bit_and_is_the_same_each_time() -> None:
    layers = [torch.nn.Linear(50, 40) for _ in range(4)]
    for layer in layers[1:]:
        layer.load_state_dict(layers[0].state_dict())
    for layer, copy in zip(layers, (0, 1, 1, 2), strict=True):
        study_verdict._nudged(layer, 7, copy)
    plain, one, again, two = (layer.weight.detach() for layer in layers)
    assert torch.equal(one, again)
    assert not torch.equal(one, two)
    for nudged in (one, two):
        assert 0.5 < (nudged != plain).float().mean() < 0.8  # two thirds
        assert torch.allclose(nudged, plain, rtol=2.0**-22, atol=0)


def test_the_verdict_on_many_cells_is_that_of_the_product() -> None:
    for std in (0.0, 0.002, 0.02):
        before, now = study_verdict.simulated(std, 5, 300)
        found = study_verdict.regressed(before, now - 0.03, 300)  # checks the first hundred against the product
        assert found.any()


def test_draws_take_two_different_copies_of_each_seed() -> None:
    cell = {seed: {copy: seed + copy / 10 for copy in range(3)} for seed in range(4)}
    before, now = study_verdict.drawn(cell, [0, 1, 3])
    assert np.array_equal(np.floor(before), np.floor(now))
    assert (before != now).all()
    assert set(np.unique(before[:, 1]).round(3)) == {1.0, 1.1, 1.2}


def test_spreads_of_seeds_and_copies_are_told_apart() -> None:
    generator = np.random.Generator(np.random.PCG64(3))
    cell = {
        seed: {copy: 0.7 + level + 0.01 * generator.normal() for copy in range(40)}
        for seed, level in enumerate(0.03 * generator.normal(size=200))
    }
    over, within = study_verdict._spreads(cell, sorted(cell))
    assert over == pytest.approx(np.hypot(0.03, 0.01), rel=0.15)
    assert within == pytest.approx(0.01 * np.sqrt(2), rel=0.05)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_copies_are_trained_once_and_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_verdict, "RUNS", tmp_path / "runs.csv")
    monkeypatch.setattr(study_verdict, "CHECKS", 500)
    build = deep_run.build
    for _ in range(2):
        study_verdict.train(["glyphs:digits"], ["source_only"], "0-2", copies=2, steps=3)
    assert deep_run.build is build, "other runs of this process are no copies"
    rows = dict(study_verdict._runs())
    assert len(rows) == 6
    assert len((tmp_path / "runs.csv").read_text().splitlines()) == 7
    assert "| glyphs:digits source_only 3 | 3 x 2 |" in study_verdict._of_runs()


@pytest.mark.slow
def test_checks_between_machines_are_those_of_the_product_in_both_directions() -> None:
    steady = {seed: 0.70 + seed / 100 for seed in range(4)}
    lower = {seed: value - 0.05 for seed, value in steady.items()}
    noisy = {seed: value + (-1) ** seed * 0.05 for seed, value in steady.items()}
    assert study_machines.alarms(steady, steady, 4, 300) == (0, 2)
    assert study_machines.alarms(steady, lower, 4, 300) == (1, 2), "one direction is a drop"
    assert study_machines.alarms(steady, lower, 3, 300) == (4, 8)
    assert study_machines.alarms(steady, noisy, 4, 300) == (0, 2)


@pytest.mark.slow
def test_runs_of_another_machine_stand_beside_the_published_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_machines, "RUNS", tmp_path / "runs.csv")
    study_row = ("source", "target", "method", "seed", "settings_sha256", "data_sha256", "test_rows")
    rows = [row for row in rows_of(read_results(study_machines.BASELINE).frame) if row["method"] == "dann"][:4]
    for row in rows:
        named = {name: row[name] for name in study_row}
        write_record(tmp_path, make_record(0.5, **named))
    write_record(tmp_path, make_record(0.5, seed=9))  # of no published run
    study_machines.take_over(tmp_path)
    ((name, published, other, test_rows),) = study_machines.cells()
    assert name == (f"{rows[0]['source']}:{rows[0]['target']}", "dann")
    assert published == {row["seed"]: row["accuracy_selected"] for row in rows}
    assert other == {row["seed"]: 0.5 for row in rows}
    assert test_rows == rows[0]["test_rows"]
    assert "| 4 |" in study_machines.report({})


def test_the_page_says_what_the_study_says() -> None:
    page = study_verdict.STUDY.read_text(encoding="utf-8")
    texts = (study_verdict.INTRODUCTION, study_verdict.SIMULATED, study_verdict.SAME_SEED, study_verdict.OF_MINI)
    for text in (*texts, study_verdict.OF_RUNS, study_machines.INTRODUCTION, study_machines.LIMITS):
        assert text in page
