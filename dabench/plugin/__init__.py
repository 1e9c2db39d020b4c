"""Hooks, the registry of plugins, the built-in ones, and the scaffold of a new one.

May import methods, results and what is below them.
"""
