"""Clauses: binds each clause to a skill and its arguments, and makes steps."""
