"""Arrays of a domain, their prepared copies, and the tensors that stay on the device.

May import parallel, config, specs and what is below them.
"""
