"""Specs, which the hooks of a plugin yield: frozen descriptions of methods, domains, suites and the rest.

May import the ground modules alone; neither torch, pandas, pydantic nor rich.
"""
