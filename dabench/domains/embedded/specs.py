"""Domains that need no download, made from files of installed packages. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.embedded import glyphs_spec, handwritten_paired_spec, handwritten_spec

SPECS = (*handwritten_spec.SPECS, *glyphs_spec.SPECS, *handwritten_paired_spec.SPECS)
