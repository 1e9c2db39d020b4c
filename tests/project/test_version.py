"""The version that the package tells."""

from __future__ import annotations

from importlib.metadata import version

import dabench


def test_the_package_has_its_version() -> None:
    assert dabench.__version__ == version("dabench")
    assert "__version__" in dir(dabench)
