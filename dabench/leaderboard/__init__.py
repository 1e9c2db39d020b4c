"""Tables and pictures made from records, with published numbers beside them.

May import selection and what is below it.
"""
