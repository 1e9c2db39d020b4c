"""A domain of one file, for tests of how files are fetched."""

from __future__ import annotations

import hashlib

CATS = b"0 1 1 " * 60_000  # larger than a few of the chunks that are read and written
SHA256 = hashlib.sha256(CATS).hexdigest()

HOOKS = """
from dabench import DomainSpec, hookimpl
from dabench.specs.download import Download, DataFile

@hookimpl
def dabench_domains():
    data_files = ({data_files})
    yield DomainSpec(
        name="cats", entry_point="cats_data:load", summary="cats", files=("pets/cats.txt",),
        homepage="https://example.org/pets",
        downloads=(Download(name={name!r}, urls={urls!r}, data_files=data_files, homepage="https://example.org/pets"),),
    )
"""
DATA = """
import numpy as np
from dabench import DomainArrays, Split
from dabench.data.folder import data_dir

def load():
    y = np.array((data_dir() / "pets/cats.txt").read_text().split(), dtype=np.int64)
    split = Split(np.zeros((len(y), 1), np.float32), y)
    return DomainArrays(split, split, ("a", "b"))
"""
