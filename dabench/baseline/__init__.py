"""The verdict of `dabench check`: current runs against a baseline.

May import leaderboard and what is below it.
"""
