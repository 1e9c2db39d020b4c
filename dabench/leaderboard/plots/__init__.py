"""Pictures of runs.

May import what `dabench.leaderboard` may.
"""
