"""Trained models of recorded runs: read, rebuilt, and applied to other examples.

May import runner and what is below it.
"""
