"""What a suite file and the command line may say.

May import specs, hashing and the ground modules.
"""
