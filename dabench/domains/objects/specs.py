"""The domains of pictures of objects. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.objects import domainnet_spec, office31_spec, office_home_spec, pacs_spec, visda2017_spec

SPECS = (
    *office31_spec.SPECS,
    *office_home_spec.SPECS,
    *pacs_spec.SPECS,
    *visda2017_spec.SPECS,
    *domainnet_spec.SPECS,
)
