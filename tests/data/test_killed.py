"""A regeneration that is killed in the middle leaves nothing that is taken for whole, and no process behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dabench.data.inventory import MAKEABLE, look
from dabench.data.store import content_sha256, prepare
from dabench.domains import image_specs
from dabench.domains.mnist_m import PHOTOGRAPHS, load_mnist_m
from tests import tiny_files

(SPEC,) = (spec for spec in image_specs.SPECS if spec.name == "mnist_m")

# What it runs in place of a part of the real work says `there`, and waits to be killed.
BLENDING = """
def stop(cuts):
    print("there", flush=True)
    time.sleep(60)

def arrange():
    mnist_m.cut = stop
    parallel.default_workers = lambda _: 2
"""
WRITING = """
def arrange():
    save, saved = np.save, []

    def stop(path, array, **how):
        if saved:
            print("there", flush=True)
            time.sleep(60)
        saved.append(save(path, array, **how))

    np.save = stop
    parallel.default_workers = lambda _: 1
"""
SCRIPT = """
import sys, time
import numpy as np
from dabench.data.store import prepare
from dabench.domains import image_specs, mnist_m, parallel
{stage}
if __name__ == "__main__":
    arrange()
    (spec,) = (spec for spec in image_specs.SPECS if spec.name == "mnist_m")
    prepare(spec)
"""


@pytest.mark.parametrize("stage", [BLENDING, WRITING], ids=["blending", "writing"])
def test_killed_in_the_middle_of_a_regeneration(
    stage: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = np.random.default_rng(0).integers(2, size=(20, 28, 28), dtype=np.uint8) * 255
    tiny_files.write_mnist(data, digits, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] * 2)
    tiny_files.write_photos(data, PHOTOGRAPHS)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(stage=stage))
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "there\n"
        process.kill()
        process.communicate(timeout=20)  # workers that outlived it would keep the pipe open
    assert look(SPEC).state == MAKEABLE, "nothing is taken for whole"
    monkeypatch.setattr("dabench.domains.parallel.default_workers", lambda _: 1)
    prepared = prepare(SPEC)
    assert content_sha256(prepared.open()) == content_sha256(load_mnist_m(workers=1))
    left = [path for path in (data / "ready").iterdir() if path != prepared.folder and path.suffix != ".lock"]
    assert left == [], "what the killed process left is gone"
