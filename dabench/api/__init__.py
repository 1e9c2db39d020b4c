"""The Python API: what `dabench.run` and `dabench.load` return. Users import it from `dabench`.

May import session and what is below it, and nothing of the command line.
"""
