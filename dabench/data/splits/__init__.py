"""Splits of a run: the examples that it trains on, holds out, labels and tests on.

May import what `dabench.data` may.
"""
