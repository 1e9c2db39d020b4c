"""A regeneration that is killed in the middle leaves nothing that is taken for whole, and no process behind."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from dabench.data.acquire.inventory import MAKEABLE, look
from dabench.data.prepared import content_sha256, prepare
from dabench.domains.images import specs as image_specs
from dabench.domains.images.mnist_m import PHOTOGRAPHS, load_mnist_m
from tests.support import tiny_files

(SPEC,) = (spec for spec in image_specs.SPECS if spec.name == "mnist_m")

# In place of the work of a worker process: it says so, and waits to be killed.
STOPPER = """
import os
import time

def stop(cuts):
    os.write(1, b"there\\n")  # at once: two workers say it
    time.sleep(60)
"""
SCRIPT = """
if __name__ == "__main__":
    from stopper import stop

    import numpy as np
    from dabench.data.prepared import prepare
    from dabench.domains.images import specs as image_specs, mnist_m; from dabench.parallel import pool as parallel

    digits = np.zeros((400, 28, 28), np.uint8), np.zeros(400, np.int64)
    mnist_m.read_mnist = lambda _: {"train": digits, "test": digits}  # importing the true reader takes seconds
    mnist_m.cut = stop
    parallel.default_workers = lambda _: 2
    (spec,) = (spec for spec in image_specs.SPECS if spec.name == "mnist_m")
    prepare(spec)
"""


@pytest.fixture
def sources(data: Path) -> Path:
    """A few digits, and all photographs, though small."""
    digits = np.random.default_rng(0).integers(2, size=(20, 28, 28), dtype=np.uint8) * 255
    tiny_files.write_mnist(data, digits, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] * 2)
    tiny_files.write_photos(data, PHOTOGRAPHS)
    return data


def _is_made_as_if_nothing_had_been(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(SPEC).state == MAKEABLE, "nothing is taken for whole"
    monkeypatch.setattr("dabench.parallel.pool.default_workers", lambda _: 1)
    prepared = prepare(SPEC)
    assert content_sha256(prepared.open()) == content_sha256(load_mnist_m(workers=1))
    left = [path for path in (data / "ready").iterdir() if path != prepared.folder and path.suffix != ".lock"]
    assert left == [], "what the killed process left is gone"


def test_killed_while_workers_regenerate(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "stopper.py").write_text(STOPPER)  # workers do not run the script
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "there\n"
        process.kill()
        process.communicate(timeout=40)  # workers that outlived it would keep the pipe open
    _is_made_as_if_nothing_had_been(sources, monkeypatch)


def _stop_writing(there: Connection) -> None:
    """Prepare the domain in this process, up to the second array that is written."""
    save, saved = np.save, []

    def stop(path: Path, array: np.ndarray, **how: bool) -> None:
        if saved:
            there.send(str(path))
            time.sleep(60)
        saved.append(save(path, array, **how))

    np.save = stop
    prepare(SPEC)


def test_killed_while_a_regenerated_domain_is_written(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dabench.parallel.pool.default_workers", lambda _: 1)
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_stop_writing, args=(there,))
    process.start()
    path = Path(here.recv())
    process.kill()
    process.join()
    assert list(path.parent.iterdir()), "it was in the middle"
    _is_made_as_if_nothing_had_been(sources, monkeypatch)
