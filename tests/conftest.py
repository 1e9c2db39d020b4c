"""Fixtures of all tests: one torch thread, no DABENCH_* of the person who runs them, and plugins made on the spot."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from dabench.plugin.registry import Registry, load_registry

Cli = Callable[..., "subprocess.CompletedProcess[str]"]

# Before torch is imported by anything: two threads in one process are slower than one when anything else runs.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
# A shell that starts the tests in the background has them ignore Ctrl-C, and so would every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# DABENCH_TEST_DATA alone is for the tests: a folder laid out like DABENCH_DATA_DIR that holds the real data sets.
REAL_DATA = os.environ.get("DABENCH_TEST_DATA")
# DABENCH_TEST_BROWSER=required makes a missing browser a failure instead of a skip.
for variable in [name for name in os.environ if name.startswith("DABENCH_") and name != "DABENCH_TEST_BROWSER"]:
    del os.environ[variable]


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these a closed network makes Chromium look for its own hosts; the last two are for containers.
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--disable-quic", "--disable-gpu", "--no-sandbox"]  # fmt: skip

# The fixtures whose users are marked, so that no test lacks the mark.
MARKED = {"browser": "browser", "real_data": "data"}


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser, a GPU or the real data, and those in which whole runs follow one another.

    The last are all in `end_to_end`, and gains on a toy.
    """
    for item in items:
        if item.path.parent.name == "end_to_end" or item.name.endswith("-adapts]"):
            item.add_marker("slow")
        if item.name.endswith("-gpu]"):
            item.add_marker("gpu")
        for fixture in MARKED.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKED[fixture])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without a look for garbage, and leave what is there then out of every later look.

    What is collected and imported stays. The looks would take seconds meanwhile, and a third of a second each later.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Give it back: some libraries complain of what is left when the process ends."""
    gc.unfreeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a GPU where there is none, and say so."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs a CUDA device")


@pytest.hookimpl(optionalhook=True)  # not there under `make test`
def pytest_benchmark_update_machine_info(machine_info: dict[str, object]) -> None:
    """A stored run is committed: it names no machine."""
    machine_info.pop("node", None)


@pytest.fixture(autouse=True, scope="session")
def no_terminal() -> Iterator[None]:
    """The output of commands has no width of its own: pytest-xdist gives its workers one in `COLUMNS`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COLUMNS", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def data_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache of prepared data for the whole session, away from the user's; workers of pytest-xdist share it."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("data")
        if "PYTEST_XDIST_WORKER" in os.environ:
            path = path.parents[1] / "data"
            path.mkdir(exist_ok=True)
        patch.setenv("DABENCH_DATA_DIR", str(path))
        yield path


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    path = tmp_path / "data"
    path.mkdir()
    monkeypatch.setenv("DABENCH_DATA_DIR", str(path))
    return path


@pytest.fixture
def real_data(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder with the real data sets; the test is skipped where there is none."""
    if not REAL_DATA:
        pytest.skip("needs the real data: name their folder with DABENCH_TEST_DATA")
    monkeypatch.setenv("DABENCH_DATA_DIR", REAL_DATA)
    return Path(REAL_DATA)


class Site:
    """A folder on sys.path with distributions in it, as pip would leave them in site-packages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def install(self, distribution: str, entry_points: dict[str, str] | str, **modules: str) -> None:
        """Write a distribution.

        Args:
            distribution: its name.
            entry_points: of the group dabench, as name -> module, or as the lines of entry_points.txt.
            modules: source by module name.
        """
        info = self.path / f"{distribution.replace('-', '_')}-1.5.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n")
        if isinstance(entry_points, dict):
            entry_points = "\n".join(f"{name} = {module}" for name, module in entry_points.items())
        (info / "entry_points.txt").write_text(f"[dabench]\n{entry_points}\n")
        for name, source in modules.items():
            (self.path / f"{name}.py").write_text(textwrap.dedent(source))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A `Site` that this process and its children see; its modules are forgotten afterwards."""
    made = Site(tmp_path / "site")
    monkeypatch.syspath_prepend(str(made.path))
    monkeypatch.setenv("PYTHONPATH", str(made.path), prepend=os.pathsep)
    yield made
    for path in made.path.iterdir():
        sys.modules.pop(path.stem, None)


@pytest.fixture
def dabench(tmp_path: Path) -> Cli:
    """Run the command line in a process of its own, in an empty folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dabench", *arguments],
            env=os.environ | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )

    return run


@pytest.fixture
def dabench_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """The command line in this process, where torch is imported already: a process of its own takes seconds."""
    from dabench.cli.main import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        return subprocess.CompletedProcess(arguments, int(str(ended.value.code)), *capfd.readouterr())

    return run


@pytest.fixture(autouse=True, scope="session")
def environment_read_once() -> Iterator[None]:
    """What is installed is read once, not at every look for plugins; folders that tests add are read each time."""
    paths = set(sys.path)
    known = [found for found in distributions() if "[dabench]" in (found.read_text("entry_points.txt") or "")]

    def found() -> Iterator[Distribution]:
        yield from distributions(path=[path for path in sys.path if path not in paths])
        yield from known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dabench.plugin.registry.distributions", found)
        yield


@cache
def _of_toys() -> Registry:
    """The registry once the toys can be found. No test changes it."""
    return load_registry()


def _with_toys(patch: pytest.MonkeyPatch) -> Registry:
    toys = str(Path(__file__).parent / "support" / "toys")
    patch.syspath_prepend(toys)
    patch.setenv("PYTHONPATH", toys)
    return _of_toys()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """All plugins of this environment, and the toys of the tests, also in child processes.

    It shares the test's own `monkeypatch`: two of them would put sys.path back in the wrong order.
    """
    return _with_toys(monkeypatch)


@pytest.fixture(scope="module")
def module_registry() -> Iterator[Registry]:
    """The same while a module's tests run, for runs that they share."""
    with pytest.MonkeyPatch.context() as patch:
        yield _with_toys(patch)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium, driven by Playwright; who uses it is skipped, or fails, where there is none."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None or find_spec("playwright") is None:
        missing = "Chromium (one of " + ", ".join(BROWSERS) + ")" if path is None else "playwright"
        why = f"needs {missing}; DABENCH_TEST_BROWSER=required makes this a failure"
        (pytest.fail if os.environ.get("DABENCH_TEST_BROWSER") == "required" else pytest.skip)(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()
