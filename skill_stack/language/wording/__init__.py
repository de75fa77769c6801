"""Wording: orders with when, if, how often and without what, converted to the form that the grammar reads."""
