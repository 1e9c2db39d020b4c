"""Records on disk and the published CSV files: reading, merging, pruning, verifying.

May import runs and what is below it.
"""
