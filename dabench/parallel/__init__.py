"""Work spread over processes that end with their parent.

May import config and what is below it.
"""
