"""From a suite and the registry to a plan, and from the plan to jobs.

May import selection and what is below it.
"""
