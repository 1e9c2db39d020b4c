"""Networks that all methods of a comparison share.

May import data and what is below it.
"""
