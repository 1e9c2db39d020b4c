"""Training in bfloat16: what is computed in it, what is not, and what comes out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from dabench import Backbone
from dabench.backbones.mini_cnn import MiniCnn
from dabench.baseline.compare import compare
from dabench.config.suite import Suite
from dabench.config.suite_file import find_suite
from dabench.errors import UsageError
from dabench.leaderboard.build import build_tables
from dabench.planning.jobs import RunOptions
from dabench.plugin.registry import Registry
from dabench.results.csv_file import frame_of
from dabench.results.publish import publish
from dabench.runner.cost import estimate
from dabench.runner.reproduce import find_recorded, plan_again
from dabench.runs.plan import Plan
from dabench.runs.record import flatten
from dabench.session.run_session import precision_notes
from tests.support.small_runs import Net
from tests.support.toy_runs import numbers, plan_of, run


def _network(precision: str) -> Net:
    torch.manual_seed(0)
    network = Net((3, 8, 8), 4, Backbone.Options(), plain=True)
    network.precision = precision  # type: ignore[assignment]  # from a parameter
    return network


def _inside(network: Net) -> dict[str, torch.dtype]:
    """Outputs of the layers, by name, in one pass."""
    seen: dict[str, torch.dtype] = {}
    for name in ("trunk", "hidden", "output"):
        part: nn.Module = getattr(network, name)
        part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out.dtype}))
    network.classify(network.features(torch.randn(5, 3, 8, 8)))
    return seen


def test_layers_compute_in_bfloat16_only_while_training() -> None:
    assert set(_inside(_network("bf16").train()).values()) == {torch.bfloat16}
    assert set(_inside(_network("bf16").eval()).values()) == {torch.float32}
    assert set(_inside(_network("fp32").train()).values()) == {torch.float32}


def test_methods_see_float32() -> None:
    network = _network("bf16").train()
    x = torch.randn(5, 3, 8, 8)
    features = network.features(x)
    assert features.dtype == network.embed(x).dtype == network.classify(features).dtype == torch.float32
    network.classify(features).sum().backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
    assert {parameter.grad.dtype for parameter in network.parameters() if parameter.grad is not None} == {torch.float32}


def test_bfloat16_is_near_and_not_the_same() -> None:
    x = torch.randn(5, 3, 8, 8)
    exact, fast = (_network(name).train().features(x) for name in ("fp32", "bf16"))
    assert not torch.equal(exact, fast)
    torch.testing.assert_close(fast, exact, rtol=0.05, atol=0.02)


def test_a_second_network_has_the_precision_of_the_first() -> None:
    network = MiniCnn((3, 16, 16), 10, MiniCnn.Options())
    network.precision = "bf16"
    assert network.clone_for_shape((3, 16, 16)).precision == "bf16"


def test_a_run_in_bfloat16_is_another_run_that_says_so(registry: Registry, tmp_path: Path) -> None:
    runs = {}
    for precision in ("fp32", "bf16"):
        plan = plan_of(registry, ["dann"], seeds=[0], precision=precision)
        runs[precision] = run(plan, tmp_path, registry)[("toy_a:toy_b", "dann", 0)]
        assert (runs[precision].status, runs[precision].precision) == ("ok", precision)
    exact, fast = (record.checkpoints[-1].losses["class"] for record in runs.values())
    assert runs["fp32"].run_id != runs["bf16"].run_id
    assert exact != fast
    assert fast == pytest.approx(exact, rel=0.2)


def test_two_runs_in_bfloat16_are_the_same_to_the_bit(registry: Registry, tmp_path: Path) -> None:
    once, again = (
        run(plan_of(registry, ["dann"], seeds=[0], precision="bf16"), tmp_path / name, registry) for name in "ab"
    )
    assert [numbers(record) for record in once.values()] == [numbers(record) for record in again.values()]


def test_the_command_line_can_ask_for_it(registry: Registry) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], sets=("precision=bf16",))
    assert {planned.settings.precision for planned in plan.runs} == {"bf16"}
    with pytest.raises(UsageError, match="precision"):
        plan_of(registry, sets=("precision=fp16",))


@pytest.fixture
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that emulates bfloat16."""
    monkeypatch.setattr("dabench.planning.plan.bf16_cost", lambda device_kind: 7.1)
    monkeypatch.setattr("dabench.planning.plan.automatic", lambda device_kind: "fp32")


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that has instructions for it."""
    monkeypatch.setattr("dabench.planning.plan.bf16_cost", lambda device_kind: 0.6)
    monkeypatch.setattr("dabench.planning.plan.automatic", lambda device_kind: "bf16")


def _rows(plan: Plan) -> dict[str, tuple[str, str]]:
    """Run ids and variants, by method."""
    return {run.method.name: (run.run_id, run.variant) for run in plan.runs}


def test_auto_names_the_rows_that_are_not_in_bf16(registry: Registry, emulated: None) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], precision="auto")
    assert {run.settings.precision for run in plan.runs} == {"fp32"}
    assert {run.variant for run in plan.runs} == {"precision=fp32"}
    assert {run.chosen_by for run in plan.runs} == {"paper"}
    assert _rows(plan) == _rows(plan_of(registry, ["dann"], seeds=[0], precision="bf16", sets=("precision=fp32",)))


def test_rows_in_bf16_are_what_they_were(registry: Registry, native: None) -> None:
    published = _rows(plan_of(registry, ["dann"], seeds=[0], precision="bf16"))
    assert _rows(plan_of(registry, ["dann"], seeds=[0], precision="auto")) == published


def test_they_can_be_had_on_any_machine(registry: Registry, emulated: None) -> None:
    published = _rows(plan_of(registry, ["dann"], seeds=[0], precision="bf16"))
    assert _rows(plan_of(registry, ["dann"], seeds=[0], precision="auto", sets=("precision=bf16",))) == published


def test_auto_on_the_command_line(registry: Registry, native: None) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], sets=("precision=auto",))
    assert {(run.settings.precision, run.variant) for run in plan.runs} == {("bf16", "precision=bf16")}


def test_records_and_rows_of_both_precisions_are_never_mixed(
    registry: Registry, tmp_path: Path, emulated: None
) -> None:
    exact = run(plan_of(registry, ["dann"], precision="auto"), tmp_path, registry)
    assert {record.env.bf16_cost for record in exact.values()} == {7.1}
    fast = run(plan_of(registry, ["dann"], precision="auto", sets=("precision=bf16",)), tmp_path, registry)
    frame = frame_of(flatten(record) for record in (*exact.values(), *fast.values()))
    (table,) = build_tables(frame)
    assert table.precision == "bf16, fp32"
    precisions = {row.variant: {run.precision for run in row.cells["toy_a:toy_b"].runs} for row in table.rows}
    assert precisions == {"": {"bf16"}, "precision=fp32": {"fp32"}}
    assert len({row.group for row in table.rows}) == 2


def test_a_baseline_in_another_precision_is_named(registry: Registry, tmp_path: Path, emulated: None) -> None:
    plans = [plan_of(registry, ["dann"], seeds=[0], precision="auto", sets=sets) for sets in ((), ("precision=bf16",))]
    now, before = (
        frame_of(flatten(record) for record in run(plan, tmp_path / str(number), registry).values())
        for number, plan in enumerate(plans)
    )
    report = compare(before, now, max_drop=0.01)
    assert {cell.verdict for cell in report.cells} == {"not comparable"}
    assert any("3 cells of the baseline" in note and "--precision bf16" in note for note in report.notes)


def test_a_published_row_is_made_again_in_its_own_precision(registry: Registry, tmp_path: Path, emulated: None) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], precision="auto", sets=("precision=bf16",))
    record = run(plan, tmp_path, registry)["toy_a:toy_b", "dann", 0]
    publish(tmp_path, "toy", tmp_path / "toy.csv")
    own = Suite.model_validate(find_suite("toy", registry).model_dump(by_alias=True) | {"precision": "auto"})
    again = plan_again(find_recorded(record.run_id, tmp_path / "toy.csv"), registry, "cpu", own)
    assert [planned.run_id for planned in again.runs] == [record.run_id]


def test_a_suite_that_is_slow_here_says_so(registry: Registry, emulated: None) -> None:
    (note,) = precision_notes(plan_of(registry, ["dann"], precision="bf16"))
    assert "7.1 times as long in bf16" in note
    assert "--precision fp32" in note
    (note,) = precision_notes(plan_of(registry, ["dann"], precision="auto"))
    assert "--precision bf16" in note
    assert not list(precision_notes(plan_of(registry, ["dann"])))


def test_what_a_dry_run_shows(registry: Registry, emulated: None) -> None:
    plan = plan_of(registry, ["dann"], seeds=[0], precision="auto")
    *cells, exact, fast = estimate(plan, plan.runs, registry, RunOptions(device="cpu", launcher="inline"))
    assert all("ms each" in line and "; in bf16 " in line for line in cells)
    assert " in fp32," in exact
    assert fast.endswith("(--precision bf16)")
