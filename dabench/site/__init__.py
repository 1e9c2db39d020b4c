"""The site: static pages of all published suites, of methods, and of their comparison.

May import leaderboard and what is below it.
"""
