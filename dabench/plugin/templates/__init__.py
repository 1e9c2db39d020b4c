"""Templates of the files that `dabench plugin new` writes.

Imports nothing.
"""
