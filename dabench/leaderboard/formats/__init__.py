"""Output formats of tables, one a file.

May import what `dabench.leaderboard` may.
"""
