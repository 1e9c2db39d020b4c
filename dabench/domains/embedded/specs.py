"""The domains that need no download, made from what installed packages ship. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.images.known import SYN_SIGNS_COUNTS
from dabench.domains.references import ALPAYDIN_1998, GANIN_2015, MOISEEV_2013
from dabench.specs.spec import DomainSpec

_OPTDIGITS = "CC BY 4.0 (UCI Optical Recognition of Handwritten Digits)"
_PHOTOGRAPHS = "CC BY 2.0 (photographs by danielbuechele and vultilion, as shipped with scikit-learn)"
_FONTS = "fonts as shipped with matplotlib: DejaVu (Bitstream Vera and Arev), STIX (OFL 1.1), Computer Modern (BaKoMa)"

SPECS = (
    DomainSpec(
        name="digits",
        target="dabench.domains.embedded.handwritten:load_digits",
        summary="handwritten digits of scikit-learn, white on black",
        licence=_OPTDIGITS,
        citation=ALPAYDIN_1998,
        known=(("6f550a93cf6ed07c52fce37e536f65d0bde57ce554fe97115f5df1e9089d2ebe", "complete"),),
        counts=((944, 976, 944, 992, 976, 976, 976, 960, 912, 960), (30, 30, 30, 30, 30, 30, 30, 30, 30, 30)),
    ),
    DomainSpec(
        name="digits_m",
        target="dabench.domains.embedded.handwritten:load_digits_m",
        summary="other handwritten digits, inverting patches of photographs (the MNIST-M recipe)",
        licence=f"{_OPTDIGITS}; {_PHOTOGRAPHS}",
        citation=f"{ALPAYDIN_1998}\n{GANIN_2015}",
        regenerated=True,
        known=(("22d0ac4ab3d16974e1dcecabceb93896e463ffb633bc6c67510848bdbd897286", "complete"),),
        counts=(
            (1180, 1220, 1160, 1220, 1200, 1220, 1200, 1180, 1140, 1200),
            (120, 120, 120, 120, 120, 120, 120, 120, 120, 120),
        ),
    ),
    DomainSpec(
        name="glyphs",
        target="dabench.domains.embedded.glyphs:load_glyphs",
        summary="digits in computer fonts, varied and cluttered (the SYN NUMBERS recipe in small)",
        licence=_FONTS,
        citation=GANIN_2015,
        regenerated=True,
        known=(("e7f88ec11dc2d33540559c04fb57c61ab5be7babb14e8f482d498378341d7810", "complete"),),
        counts=((400, 400, 400, 400, 400, 400, 400, 400, 400, 400), (100, 100, 100, 100, 100, 100, 100, 100, 100, 100)),
    ),
    DomainSpec(
        name="digits_paired",
        target="dabench.domains.embedded.handwritten_paired:load_digits_paired",
        summary="handwritten digits of scikit-learn, the same ones as in digits_m_paired",
        licence=_OPTDIGITS,
        citation=ALPAYDIN_1998,
        known=(("43845a2473d56fa1493cbf80edc7f1db7f99e69f2c247482b30634cb9502ebe6", "complete"),),
        counts=(
            (472, 488, 468, 492, 484, 488, 484, 476, 456, 480),
            (120, 120, 120, 120, 120, 120, 120, 120, 120, 120),
        ),
        recording="digits_paired",
    ),
    DomainSpec(
        name="digits_m_paired",
        target="dabench.domains.embedded.handwritten_paired:load_digits_m_paired",
        summary="the digits of digits_paired, inverting patches of photographs (the MNIST-M recipe)",
        licence=f"{_OPTDIGITS}; {_PHOTOGRAPHS}",
        citation=f"{ALPAYDIN_1998}\n{GANIN_2015}",
        regenerated=True,
        known=(("bb5fad983a2c83828b763860f84b88387ed84823590a22b5f942435ef5fd4780", "complete"),),
        counts=(
            (472, 488, 468, 492, 484, 488, 484, 476, 456, 480),
            (120, 120, 120, 120, 120, 120, 120, 120, 120, 120),
        ),
        recording="digits_paired",
    ),
    DomainSpec(
        name="syn_numbers",
        target="dabench.domains.synthetic.numbers:load_syn_numbers",
        summary="numbers of 1 to 3 digits in computer fonts on walls, the centre digit is the label, 32x32 RGB",
        licence=_FONTS,
        citation=GANIN_2015,
        regenerated=True,
        counts=((9800,) * 10, (200,) * 10),
    ),
    DomainSpec(
        name="syn_signs",
        target="dabench.domains.synthetic.signs:load_syn_signs",
        summary="43 traffic signs drawn as vector shapes before photographs and textures, 32x32 RGB",
        licence=f"pictograms: drawn for dabench; {_PHOTOGRAPHS}",
        citation=f"{GANIN_2015}\n{MOISEEV_2013}",
        regenerated=True,
        known=(("182aa99220f80a6f97295c5ac6a1f7eb065ae531f595b02d80273798b8f2780c", "complete"),),
        counts=SYN_SIGNS_COUNTS,
    ),
)
