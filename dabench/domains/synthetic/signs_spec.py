"""The descriptor of ``syn_signs``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.embedded.handwritten_spec import PHOTOGRAPHS
from dabench.domains.references import GANIN_2015
from dabench.specs.spec import DomainSpec

MOISEEV_2013 = """@inproceedings{moiseev2013evaluation,
  author = {Moiseev, Boris and Konev, Artem and Chigorin, Alexander and Konushin, Anton},
  title = {Evaluation of Traffic Sign Recognition Methods Trained on Synthetically Generated Data},
  booktitle = {Advanced Concepts for Intelligent Vision Systems}, pages = {576--583}, year = {2013}
}"""

# 90,000 and 10,000 images; every run of 43 shows each class once.
_COUNTS = (
    (*(2093,) * 18, 2094, *(2093,) * 24),
    (
        233, 233, 233, 233, 233, 233, 233, 232, 232, 232, 232, 232, 232, 232, 233, 232, 232, 233, 233, 232,
        233, 232, 233, 233, 233, 232, 233, 232, 233, 233, 233, 232, 233, 232, 232, 233, 233, 232, 233, 233,
        232, 233, 232,
    ),
)  # fmt: skip

SPECS = (
    DomainSpec(
        name="syn_signs",
        entry_point="dabench.domains.synthetic.signs:load_syn_signs",
        summary="43 traffic signs drawn as vector shapes before photographs and textures, 32x32 RGB",
        licence=f"pictograms: drawn for dabench; {PHOTOGRAPHS}",
        citation=f"{GANIN_2015}\n{MOISEEV_2013}",
        regenerated=True,
        known=(("182aa99220f80a6f97295c5ac6a1f7eb065ae531f595b02d80273798b8f2780c", "complete"),),
        counts=_COUNTS,
    ),
)
