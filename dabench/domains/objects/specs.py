"""The domains of pictures of objects. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.objects import pacs_spec

SPECS = (*pacs_spec.SPECS,)
