"""SVHN as published: ``svhn``, digits of house numbers, RGB images of 32x32 pixels."""

from __future__ import annotations

from dabench.data.arrays import DomainArrays
from dabench.data.folder import data_dir
from dabench.domains.files import require
from dabench.domains.images.framing import of_digits
from dabench.domains.images.svhn_spec import FILES, HOMEPAGE
from dabench.errors import DataError


def load_svhn() -> DomainArrays:
    """Returns the cropped digits of SVHN (N, 3, 32, 32), without the ``extra`` split."""
    from torchvision import datasets

    require("svhn", *FILES, homepage=HOMEPAGE)
    try:
        read = {name: datasets.SVHN(data_dir() / "SVHN", split=name) for name in ("train", "test")}
    except RuntimeError as error:  # torchvision compares md5 sums
        raise DataError(f"domain 'svhn': {', '.join(FILES)} are not the published files: {error}") from error
    return of_digits({name: (set_.data, set_.labels) for name, set_ in read.items()})
