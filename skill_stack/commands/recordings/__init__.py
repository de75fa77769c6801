"""Verbs that look at what was recorded, review it, and make data sets of it."""
