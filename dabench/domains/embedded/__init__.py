"""Domains that need no download.

May import what `dabench.domains` may.
"""
