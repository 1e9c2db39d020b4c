"""Launchers of plugins: whatever kind of iterable they return, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dabench.errors import DabenchError, PluginError
from dabench.plugin.registry import Registry, load_registry
from tests.support.toy_runs import plan_of, run

HOOKS = """
    from dabench import LauncherSpec, hookimpl
    @hookimpl
    def dabench_launchers():
        yield LauncherSpec(name="mine", entry_point="launching:launch", summary="mine")
"""
BODY = """
    from dabench.errors import DataError
    from dabench.runner.launchers import inline
    from dabench.runs.job import Finished, Outcome, Progress
    class Own:
        def __init__(self, events):
            self.events = list(events)
        def __iter__(self):
            return self
        def __next__(self):
            if not self.events:
                raise StopIteration
            return self.events.pop(0)
    def launch(jobs, workers):
        events = inline.launch(jobs, workers)
        {body}
"""


def launched(registry: Registry, site: Any, folder: Path, body: str) -> Any:
    """The records of three runs that a plugin's launcher carries out."""
    site.install(
        "launching-plugin", {"hooks": "launching_hooks"}, launching=BODY.format(body=body), launching_hooks=HOOKS
    )
    found = load_registry()
    return run(plan_of(found, ["dann"], seeds=[0]), folder, found, launcher="mine")


@pytest.mark.parametrize(
    "returned",
    [
        "events",
        "list(events)",
        "iter(list(events))",
        "tuple(events)",
        "map(lambda event: event, events)",
        "Own(events)",
    ],
)
def test_any_iterable_of_events_will_do(registry: Registry, site: Any, tmp_path: Path, returned: str) -> None:
    records = launched(registry, site, tmp_path / "results", f"return {returned}")
    assert [record.status for record in records.values()] == ["ok"] * 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return None", "returns None, and an iterator of events is needed"),
        ("return 3", "returns 3, and"),
        ("return ['done']", "yields 'done', which is no event of these runs"),
        ("return [Progress('x', 1, 2, 3.0)]", "which is no event of these runs"),
        ("raise KeyError('queue')", "has failed: KeyError: 'queue'"),
        ("return (1 / 0 for job in jobs)", "has failed: ZeroDivisionError"),
    ],
)
def test_what_is_wrong_with_a_launcher_names_it(
    registry: Registry, site: Any, tmp_path: Path, body: str, words: str
) -> None:
    with pytest.raises(PluginError) as raised:
        launched(registry, site, tmp_path / "results", body)
    assert "the launcher mine of launching-plugin:hooks" in str(raised.value)
    assert words in str(raised.value)


def test_an_error_that_a_user_can_fix_stays_as_it_is(registry: Registry, site: Any, tmp_path: Path) -> None:
    with pytest.raises(DabenchError) as raised:
        launched(registry, site, tmp_path / "results", "raise DataError('the queue is full')")
    assert str(raised.value) == "the queue is full"


def test_runs_that_a_launcher_says_nothing_of_have_failed(registry: Registry, site: Any, tmp_path: Path) -> None:
    records = launched(registry, site, tmp_path / "results", "return inline.launch(jobs[:1], workers)")
    assert sorted(record.status for record in records.values()) == ["failed", "failed", "ok"]
    assert all("said nothing of this run" in record.error for record in records.values() if record.error)
