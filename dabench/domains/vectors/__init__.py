"""Published sets of feature vectors, texts and sensor windows.

May import what `dabench.domains` may.
"""
