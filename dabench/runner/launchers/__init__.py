"""Ways to execute jobs: in this process, or in several.

May import what `dabench.runner` may.
"""
