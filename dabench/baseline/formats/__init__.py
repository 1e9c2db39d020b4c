"""Output formats of the verdict, one a file.

May import what `dabench.baseline` may.
"""
