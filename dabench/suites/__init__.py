"""The suites that ship, as YAML files.

Imports nothing.
"""
