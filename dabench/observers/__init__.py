"""Observers of runs that `--log` asks for, each on a library of its own, which is an extra.

May import planning's plain data for type checkers alone, and what is below leaderboard.
"""
