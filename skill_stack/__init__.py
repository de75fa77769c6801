"""Skill stack: words in, one robot moving, the outcome back the same way."""

__version__ = "0.2.0"
