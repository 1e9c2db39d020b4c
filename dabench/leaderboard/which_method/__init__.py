"""Methods over all pairs of all suites: ranks, covered share, cost, failures.

May import what `dabench.leaderboard` may.
"""
