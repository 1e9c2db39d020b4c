"""The domains whose images are drawn here. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.synthetic import numbers_spec, signs_spec

SPECS = (*numbers_spec.SPECS, *signs_spec.SPECS)
