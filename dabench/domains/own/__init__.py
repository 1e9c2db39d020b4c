"""Pictures and tables of the user's own.

May import what `dabench.domains` may.
"""
