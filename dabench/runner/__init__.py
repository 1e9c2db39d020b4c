"""The parent process: it says what a plan will cost, hands jobs to a launcher and is the only writer of records.

May import testing, baseline, citations and what is below them.
"""
