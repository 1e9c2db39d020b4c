"""No network: vector domains are their own features."""

from __future__ import annotations

from dabench.backbones.base import Backbone


class Identity:
    """Stands for the backbone of a suite that trains nothing. It has no options and is never built."""

    class Options(Backbone.Options):
        """None."""
