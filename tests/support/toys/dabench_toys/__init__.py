"""A plugin for tests: tiny domains, and methods that go wrong in every way a method can."""
