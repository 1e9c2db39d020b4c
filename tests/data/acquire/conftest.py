"""A domain whose file is to be had from a server that misbehaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dabench.cli.main import main
from tests.support.bad_server import BadServer, serving
from tests.support.cats import CATS, DATA, HOOKS, SHA256

Fetch = Callable[..., tuple[int, str]]


@pytest.fixture
def server() -> Iterator[BadServer]:
    with serving() as running:
        yield running


@pytest.fixture
def cats(data: Path) -> Path:
    """The place of the domain's file."""
    return data / "pets" / "cats.txt"


@pytest.fixture
def publish(site, cats: Path) -> Callable[..., None]:
    """Install the domain `cats`, whose file is to be had from these links."""

    def install(*urls: str, name: str = "cats.txt", known: bool = True) -> None:
        digests = (f"sha256:{SHA256}",) if known else ()
        data_files = f"DataFile(path='pets/cats.txt', measured={digests!r}),"
        site.install(
            "cats", {"cats": "cats_hooks"}, cats_hooks=HOOKS.format(data_files=data_files, name=name, urls=urls),
            cats_data=DATA,
        )  # fmt: skip

    return install


@pytest.fixture
def fetch(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Fetch:
    """Run `dabench data fetch cats` in this process; returns its exit code and what it wrote to stderr."""

    for pause in ("sleep", "_Retries.sleep"):  # between two attempts
        monkeypatch.setattr(f"dabench.data.acquire.http.{pause}", lambda *_: None)

    def call(*arguments: str, attempts: int = 1) -> tuple[int, str]:
        with pytest.raises(SystemExit) as caught:
            main(["data", "fetch", "cats", "--timeout", "30", "--attempts", str(attempts), *arguments])
        return caught.value.code, capsys.readouterr().err

    return call


@pytest.fixture
def fails(fetch: Fetch, cats: Path) -> Callable[..., str]:
    """Fetch, and be sure that it failed as it should: nothing there, and the error names file, mirror and remedy."""

    def call(url: str, *arguments: str, attempts: int = 1) -> str:
        code, err = fetch(*arguments, attempts=attempts)
        assert code == 1
        assert not cats.exists()
        error = err[err.index("Error: ") :]
        assert "cats" in error, "the file"
        assert url in error, "the mirror"
        assert "dabench data import FOLDER" in error or "DABENCH_DATA_DIR" in error, "the remedy"
        return error

    return call


@pytest.fixture
def works(fetch: Fetch, cats: Path) -> Callable[..., str]:
    """Fetch, and be sure that the file is there and nothing else; returns what was written to stderr."""

    def call(*, attempts: int = 1) -> str:
        code, err = fetch(attempts=attempts)
        assert (code, cats.read_bytes() == CATS) == (0, True)
        left = [path for path in (cats.parents[1] / "downloads").iterdir() if path.suffix != ".lock"]
        assert left == [], "nothing stays behind"
        return err

    return call
