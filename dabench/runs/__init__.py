"""Plain data of a run: the plan, the job that travels to a worker, the record that stays.

May import data, config and what is below them; neither torch nor the registry.
"""
