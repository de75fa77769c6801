"""Clauses: one order bound to a skill and its arguments, clause by clause."""
