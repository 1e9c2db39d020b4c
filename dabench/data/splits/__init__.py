"""Which examples a run trains on, holds out, labels and tests on.

May import what `dabench.data` may.
"""
