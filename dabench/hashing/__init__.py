"""The identity of a run, and the hashes that it is made of: canonical JSON, and the syntax of plugins.

May import errors, files, seeding and stats.
"""
