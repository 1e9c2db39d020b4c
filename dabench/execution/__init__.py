"""Work in a worker: one run from its job to its outcome.

May import selection and what is below it.
"""
