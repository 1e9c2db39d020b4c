"""Hashes that make up a run's identity: canonical JSON, and the sources of plugins.

May import errors, files, seeding and stats.
"""
