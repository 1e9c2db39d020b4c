"""The methods that ship, installed as `dabench_plugins`: a file for each, with its loss.

Their specs (title, citation, options to search) are in files by group, such as `classic_specs`; BibTeX entries that
several of them cite are in `references`. May import what a plugin may: the names that `dabench` exports.
"""
