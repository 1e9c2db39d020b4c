"""The session of whatever makes runs, the command line and the Python API alike: plan, records, progress, tables.

May import tuning and what is below it.
"""
