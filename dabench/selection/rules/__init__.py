"""Selectors, one a file; `dabench.plugin.builtin` announces them.

May import what `dabench.selection` may.
"""
