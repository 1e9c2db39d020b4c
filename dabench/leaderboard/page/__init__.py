"""The HTML leaderboard in a single file.

May import what `dabench.leaderboard` may.
"""
