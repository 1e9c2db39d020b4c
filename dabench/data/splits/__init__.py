"""Splits of a run: the examples that it trains on, holds out, labels and tests on, and the labels that it is given.

May import what `dabench.data` may.
"""
