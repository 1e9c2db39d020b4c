"""Sets from installed packages. `<set>.py` loads; `<set>_spec.py` holds its spec, files, links and citation.

May import what `dabench.domains` may; specs import nothing heavy.
"""
