"""Statistics over seeds and pairs: intervals, ranks, power, and the noise behind a regression.

Imports nothing else of dabench.
"""
