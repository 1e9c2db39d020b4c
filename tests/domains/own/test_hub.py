"""Tables on the Hugging Face Hub, from a repository that is in the cache: nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.config.suite_file import read_suite
from dabench.domains.own.hub import local_copy
from dabench.errors import DataError, UsageError
from dabench.planning.domains import known_domains
from dabench.plugin.registry import load_registry
from tests.support.own_files import write_suite

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLACE = f"hub://someone/wards@{COMMIT}/tables"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of huggingface_hub, with one repository."""
    folder = tmp_path / "hub"
    tables = folder / "datasets--someone--wards" / "snapshots" / COMMIT / "tables"
    tables.mkdir(parents=True)
    for name in ("north", "south"):
        (tables / f"{name}.csv").write_text("age,who\n" + "".join(f"{row},{'ab'[row % 2]}\n" for row in range(10)))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    return tables


def test_a_suite_reads_its_tables_there(cache: Path, tmp_path: Path, data: Path) -> None:
    assert local_copy(PLACE) == cache
    suite = read_suite(write_suite(tmp_path / "own.yaml", f"{{tables: '{PLACE}', label: who}}", pairs="[north:south]"))
    arrays = known_domains(suite, load_registry())["north"].load()()
    assert (arrays.classes, len(arrays.train.y) + len(arrays.test.y)) == (("a", "b"), 10)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("hub://wards", "is no place on the Hub: hub://OWNER/NAME@COMMIT/FOLDER"),
        ("hub://someone/wards@main", "branches and tags may move: a commit of 40 digits"),
        (f"hub://someone/wards@{COMMIT}/../..", "leads out of the repository"),
    ],
)
def test_places_that_are_refused(place: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        local_copy(place)


def test_what_is_not_there_is_an_error(cache: Path) -> None:
    with pytest.raises(DataError, match=r"could not download hub://someone/other@.*: "):
        local_copy(f"hub://someone/other@{COMMIT}")
