"""USPS as published: ``usps``, enlarged, as RGB images of 32x32 pixels. `framing` compares it with MNIST."""

from __future__ import annotations

import numpy as np

from dabench.data.arrays import DomainArrays
from dabench.data.folder import data_dir
from dabench.domains.files import require
from dabench.domains.images.framing import enlarge, of_digits, on_canvas
from dabench.domains.images.usps_spec import FILES, HOMEPAGE


def load_usps() -> DomainArrays:
    """Returns USPS enlarged to 28x28 (N, 3, 32, 32)."""
    from torchvision import datasets

    require("usps", *FILES, homepage=HOMEPAGE)
    read = {name: datasets.USPS(data_dir() / "USPS", train=name == "train") for name in ("train", "test")}
    return of_digits({name: (on_canvas(enlarge(set_.data)), np.asarray(set_.targets)) for name, set_ in read.items()})
