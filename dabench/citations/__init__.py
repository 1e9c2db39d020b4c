"""BibTeX of what a suite, a domain or a method rests on.

May import leaderboard and what is below it.
"""
