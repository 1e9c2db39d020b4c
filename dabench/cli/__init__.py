"""The command line: a file a command, and what several commands share (`options`, `session`, `say`).

May import everything; what is heavy, inside functions.
"""
