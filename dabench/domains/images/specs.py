"""The image domains that read or are made from published files. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.images import gtsrb_spec, mnist_m_spec, mnist_spec, svhn_spec, usps_spec

SPECS = (*mnist_spec.SPECS, *usps_spec.SPECS, *svhn_spec.SPECS, *mnist_m_spec.SPECS, *gtsrb_spec.SPECS)
