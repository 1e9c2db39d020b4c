"""Selectors: label-free rules that pick the checkpoint to report, and the outputs that they read.

May import plugin, results, methods and what is below them.
"""
