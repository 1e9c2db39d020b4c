"""One selector a file.

May import what `dabench.selection` may.
"""
