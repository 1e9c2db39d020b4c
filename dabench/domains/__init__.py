"""Data sets: loaders, with their specs, files, digests and citations beside them.

May import data and what is below it.
"""
