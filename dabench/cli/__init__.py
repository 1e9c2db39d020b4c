"""The command line: a file a command.

May import everything; what is heavy, inside functions.
"""
