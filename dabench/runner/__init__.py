"""The parent process: it says what a plan will cost, hands jobs to a launcher and is the only writer of records.

May import baseline, citations and what is below them.
"""
