"""Contents of a suite file and of the command line.

May import specs, hashing and the ground modules.
"""
