"""`dabench data`: a file a sub-command.

May import everything; what is heavy, inside functions.
"""
