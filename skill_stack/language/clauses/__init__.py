"""Clauses: what is said in one order, bound to a skill and its arguments, one after the other."""
