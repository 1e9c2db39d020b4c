"""The meaning of `precision: auto`: measured once for a kind of processor, and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from dabench.runs import precision


@pytest.fixture
def measured(data: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The next measurement; empty afterwards."""
    costs = [7.1]
    monkeypatch.setattr(precision, "measured_cost", costs.pop)
    precision._cost_here.cache_clear()
    return costs


def test_it_is_measured_once(data: Path, measured: list[float]) -> None:
    assert precision.bf16_cost("cpu") == 7.1
    precision._cost_here.cache_clear()  # as in another process
    assert precision.bf16_cost("cpu") == 7.1
    (file,) = (data / "probes").iterdir()
    assert json.loads(file.read_text())["bf16_cost"] == 7.1
    assert not measured


def test_a_file_that_is_cut_off_is_measured_anew(data: Path, measured: list[float]) -> None:
    precision.bf16_cost("cpu")
    (file,) = (data / "probes").iterdir()
    file.write_text('{"bf16_')
    precision._cost_here.cache_clear()
    measured.append(0.5)
    assert precision.bf16_cost("cpu") == 0.5


def test_a_folder_that_cannot_be_written_costs_no_run(data: Path, measured: list[float]) -> None:
    (data / "probes").write_text("in the way")
    assert precision.bf16_cost("cpu") == 7.1


@pytest.mark.parametrize(("cost", "chosen"), [(7.1, "fp32"), (1.0, "fp32"), (0.95, "fp32"), (0.6, "bf16")])
def test_bf16_is_taken_where_it_is_quicker(monkeypatch: pytest.MonkeyPatch, cost: float, chosen: str) -> None:
    monkeypatch.setattr(precision, "bf16_cost", lambda device_kind: cost)
    assert precision.automatic("cpu") == chosen


def test_on_a_gpu_its_units_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    for has, chosen in ((True, "bf16"), (False, "fp32")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *, including_emulation, has=has: has)
        assert precision.automatic("cuda") == chosen


@pytest.mark.slow
def test_the_measurement_leaves_the_process_as_it_was() -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    assert precision.measured_cost() > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
