"""One output format a file.

May import what `dabench.leaderboard` may.
"""
