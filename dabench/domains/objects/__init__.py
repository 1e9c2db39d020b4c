"""Published sets of pictures of objects, in folders by class. `<set>_spec.py` holds specs, links and citation.

May import what `dabench.domains` may; specs import nothing heavy.
"""
