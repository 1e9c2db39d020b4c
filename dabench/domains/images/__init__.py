"""Published sets of images.

May import what `dabench.domains` may.
"""
