"""The descriptors of ``digits`` and ``digits_m``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.references import GANIN_2015
from dabench.specs.spec import DomainSpec

# Licences of what the domains are made of.
OPTDIGITS = "CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)"
PHOTOGRAPHS = "CC BY 2.0 (photographs by danielbuechele and vultilion, as shipped with scikit-learn)"
ALPAYDIN_1998 = """@misc{alpaydin1998optical,
  author = {Alpaydin, Ethem and Kaynak, Cenk},
  title = {Optical Recognition of Handwritten Digits},
  howpublished = {UCI Machine Learning Repository}, year = {1998}, doi = {10.24432/C50P49}
}"""

SPECS = (
    DomainSpec(
        name="digits",
        entry_point="dabench.domains.embedded.handwritten:load_digits",
        summary="handwritten digits of scikit-learn, white on black",
        licence=OPTDIGITS,
        citation=ALPAYDIN_1998,
        known=(("6f550a93cf6ed07c52fce37e536f65d0bde57ce554fe97115f5df1e9089d2ebe", "complete"),),
        counts=((944, 976, 944, 992, 976, 976, 976, 960, 912, 960), (30, 30, 30, 30, 30, 30, 30, 30, 30, 30)),
    ),
    DomainSpec(
        name="digits_m",
        entry_point="dabench.domains.embedded.handwritten:load_digits_m",
        summary="other handwritten digits, inverting patches of photographs (the MNIST-M recipe)",
        licence=f"{OPTDIGITS}; {PHOTOGRAPHS}",
        citation=f"{ALPAYDIN_1998}\n{GANIN_2015}",
        regenerated=True,
        known=(("22d0ac4ab3d16974e1dcecabceb93896e463ffb633bc6c67510848bdbd897286", "complete"),),
        counts=(
            (1180, 1220, 1160, 1220, 1200, 1220, 1200, 1180, 1140, 1200),
            (120, 120, 120, 120, 120, 120, 120, 120, 120, 120),
        ),
    ),
)
