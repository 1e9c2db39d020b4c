"""What names a planned run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dabench.data.prepared import PreparedDomain, prepare
from dabench.planning import plan as planning
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec
from tests.support.toy_runs import plan_of


def ids(registry: Registry) -> dict[str, str]:
    """The ids of runs on domains with second labels, by method; the first sees them."""
    plan = plan_of(
        registry,
        methods=["hard_sharing", "fine_tune"],
        track="few_shot",
        shots=2,
        seeds=[0],
        pairs=["toy_second_a:toy_second_b"],
    )
    return {run.method.name: run.run_id for run in plan.runs}


@pytest.mark.slow
def test_second_labels_name_the_runs_that_see_them(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = ids(registry)

    def prepared(**aux: str) -> None:
        def otherwise(spec: DomainSpec) -> PreparedDomain:
            return replace(prepare(spec), aux=aux)

        monkeypatch.setattr(planning, "prepare", otherwise)

    prepared(half="0" * 64)
    other = ids(registry)
    prepared()
    none = ids(registry)
    assert len({found["hard_sharing"] for found in (usual, other, none)}) == 3
    assert len({found["fine_tune"] for found in (usual, other, none)}) == 1
