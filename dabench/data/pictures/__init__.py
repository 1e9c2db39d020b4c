"""Pictures in files: decoded once, on all cores, into arrays that are mapped into memory.

May import what `dabench.data` may.
"""
