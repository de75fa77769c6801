"""Implied goals: needs behind a statement, and the skills and objects that serve them."""
