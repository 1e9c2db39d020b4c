"""Publishers' files: download, unpack, adopt, check.

May import what `dabench.data` may.
"""
