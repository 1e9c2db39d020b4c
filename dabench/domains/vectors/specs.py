"""The domains of vectors and sensor signals that read published files. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.vectors import amazon_spec, amazon_text_spec, hapt_spec, office_caltech_spec, pos_spec

SPECS = (*office_caltech_spec.SPECS, *amazon_spec.SPECS, *amazon_text_spec.SPECS, *hapt_spec.SPECS, *pos_spec.SPECS)
