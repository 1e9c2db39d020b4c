"""One output format of the verdict a file.

May import what `dabench.baseline` may.
"""
