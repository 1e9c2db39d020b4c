"""The pictograms of the 43 signs of GTSRB, drawn as vector shapes.

May import what `dabench.domains` may.
"""
