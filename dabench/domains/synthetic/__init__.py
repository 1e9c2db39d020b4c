"""Domains that a recipe draws anew: SYN NUMBERS and SYN SIGNS.

May import what `dabench.domains` may.
"""
