"""The image domains that read or are made from published files. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.images import downloads
from dabench.domains.images.known import GTSRB_COUNTS, MNIST_COUNTS, USPS_COUNTS
from dabench.domains.images.releases import BSDS500, GTSRB, MNIST, MNIST_M, SVHN, USPS
from dabench.domains.references import ARBELAEZ_2011, GANIN_2015, HULL_1994, LECUN_1998, NETZER_2011, STALLKAMP_2012
from dabench.specs.spec import DomainSpec

_UNKNOWN = "unknown: see homepage"
_MNIST_LICENCE = "MNIST: usually given as CC BY-SA 3.0"
_BSDS500_LICENCE = "BSDS500: non-commercial research and education"

SPECS = (
    DomainSpec(
        name="mnist",
        recording="mnist",
        target="dabench.domains.images.digits:load_mnist",
        summary="handwritten digits on their 28x28 canvas, as 32x32 RGB",
        licence=_MNIST_LICENCE,
        citation=LECUN_1998,
        files=MNIST.files,
        homepage=MNIST.homepage,
        downloads=downloads.MNIST,
        known=(("62d8d911a023555a4588d17b9143de16a331ed93685e0de8973c40ce1c786417", "complete"),),
        counts=MNIST_COUNTS,
    ),
    DomainSpec(
        name="mnist_box",
        target="dabench.domains.images.digits:load_mnist_box",
        summary="handwritten digits of MNIST cut out of their 20x20 box and enlarged, as 32x32 RGB",
        licence=_MNIST_LICENCE,
        citation=LECUN_1998,
        files=MNIST.files,
        homepage=MNIST.homepage,
        downloads=downloads.MNIST,
        known=(("d9eed28fbf4ca6a58f2c79976bf6f08869c39dc75b1b8b681e314c5514f42543", "complete"),),
        counts=MNIST_COUNTS,
    ),
    DomainSpec(
        name="usps",
        target="dabench.domains.images.digits:load_usps",
        summary="handwritten digits of US postal codes, enlarged from 16x16, as 32x32 RGB",
        licence=_UNKNOWN,
        citation=HULL_1994,
        files=USPS.files,
        homepage=USPS.homepage,
        downloads=downloads.USPS,
        known=(("a1c59ff749e285fa9f33554ac844ece5b9e21596ecf73803b362d8ddad43b69d", "complete"),),
        counts=USPS_COUNTS,
    ),
    DomainSpec(
        name="svhn",
        target="dabench.domains.images.digits:load_svhn",
        summary="house numbers in photographs of streets, 32x32 RGB",
        licence="for non-commercial use only",
        citation=NETZER_2011,
        files=SVHN.files,
        homepage=SVHN.homepage,
        downloads=downloads.SVHN,
    ),
    DomainSpec(
        name="mnist_m",
        recording="mnist",
        target="dabench.domains.images.mnist_m:load_mnist_m",
        summary="handwritten digits of MNIST inverting patches of photographs, made here by the official recipe",
        licence=f"{_MNIST_LICENCE}; {_BSDS500_LICENCE}",
        citation=f"{GANIN_2015}\n{LECUN_1998}\n{ARBELAEZ_2011}",
        regenerated=True,
        files=(*MNIST.files, *BSDS500.files),
        homepage=f"{MNIST.homepage} and {BSDS500.homepage}",
        downloads=(*downloads.MNIST, downloads.BSDS500),
        known=(("a9a1ec2f1fbbe2b06d06b52a417a55b083954113a1cf9028efd34cc67aa53c79", "complete"),),
        counts=MNIST_COUNTS,
    ),
    DomainSpec(
        name="mnist_m_official",
        target="dabench.domains.images.mnist_m:load_mnist_m_official",
        summary="your own copy of the released MNIST-M",
        licence=f"{_UNKNOWN}; {_BSDS500_LICENCE}",
        citation=f"{GANIN_2015}\n{LECUN_1998}\n{ARBELAEZ_2011}",
        files=MNIST_M.files,
        homepage=MNIST_M.homepage,
    ),
    DomainSpec(
        name="gtsrb",
        version=2,  # with the tracks as groups
        target="dabench.domains.images.signs:load_gtsrb",
        summary="43 German traffic signs in photographs, whole frames scaled to 32x32 RGB",
        licence="free to use, with a request to cite",
        citation=STALLKAMP_2012,
        files=GTSRB.files,
        homepage=GTSRB.homepage,
        downloads=downloads.GTSRB,
        known=(
            (
                "df794cf5a056b5a038945b8b39f7b611f9d80ac8390c5fe5b65eeb47da386999",
                "subset: every third frame of each train track; whole frames that were 32x32 already",
            ),
        ),
        counts=GTSRB_COUNTS,
    ),
)
