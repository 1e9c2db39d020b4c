"""The choice of a method's options by a score without target labels.

May import runner and what is below it.
"""
