"""The descriptors of ``digits_paired`` and ``digits_m_paired``. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.embedded.handwritten_spec import ALPAYDIN_1998, OPTDIGITS, PHOTOGRAPHS
from dabench.domains.references import GANIN_2015
from dabench.specs.spec import DomainSpec

SPECS = (
    DomainSpec(
        name="digits_paired",
        entry_point="dabench.domains.embedded.handwritten_paired:load_digits_paired",
        summary="handwritten digits of scikit-learn, the same ones as in digits_m_paired",
        licence=OPTDIGITS,
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
        entry_point="dabench.domains.embedded.handwritten_paired:load_digits_m_paired",
        summary="the digits of digits_paired, inverting patches of photographs (the MNIST-M recipe)",
        licence=f"{OPTDIGITS}; {PHOTOGRAPHS}",
        citation=f"{ALPAYDIN_1998}\n{GANIN_2015}",
        regenerated=True,
        known=(("bb5fad983a2c83828b763860f84b88387ed84823590a22b5f942435ef5fd4780", "complete"),),
        counts=(
            (472, 488, 468, 492, 484, 488, 484, 476, 456, 480),
            (120, 120, 120, 120, 120, 120, 120, 120, 120, 120),
        ),
        recording="digits_paired",
    ),
)
