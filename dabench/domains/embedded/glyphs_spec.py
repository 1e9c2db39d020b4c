"""The descriptor of ``glyphs``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.references import GANIN_2015
from dabench.specs.spec import DomainSpec

FONTS = "fonts as shipped with matplotlib: DejaVu (Bitstream Vera and Arev), STIX (OFL 1.1), Computer Modern (BaKoMa)"

SPECS = (
    DomainSpec(
        name="glyphs",
        entry_point="dabench.domains.embedded.glyphs:load_glyphs",
        summary="digits in computer fonts, varied and cluttered (the SYN NUMBERS recipe in small)",
        licence=FONTS,
        citation=GANIN_2015,
        regenerated=True,
        known=(("e7f88ec11dc2d33540559c04fb57c61ab5be7babb14e8f482d498378341d7810", "complete"),),
        counts=((400, 400, 400, 400, 400, 400, 400, 400, 400, 400), (100, 100, 100, 100, 100, 100, 100, 100, 100, 100)),
    ),
)
