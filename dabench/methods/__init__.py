"""Parts that an author of a method builds on: base classes, problem, batch, averaging.

May import runs, backbones, data and what is below them.
"""
