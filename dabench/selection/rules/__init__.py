"""Selectors, one a file.

May import what `dabench.selection` may.
"""
