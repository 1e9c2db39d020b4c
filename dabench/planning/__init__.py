"""Planning: a suite and the registry make a plan, and the plan makes jobs.

May import selection and what is below it.
"""
