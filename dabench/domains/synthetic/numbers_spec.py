"""The descriptor of ``syn_numbers``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.embedded.glyphs_spec import FONTS
from dabench.domains.references import GANIN_2015
from dabench.specs.spec import DomainSpec

SPECS = (
    DomainSpec(
        name="syn_numbers",
        entry_point="dabench.domains.synthetic.numbers:load_syn_numbers",
        summary="numbers of 1 to 3 digits in computer fonts on walls, the centre digit is the label, 32x32 RGB",
        licence=FONTS,
        citation=GANIN_2015,
        regenerated=True,
        counts=((9800,) * 10, (200,) * 10),
    ),
)
