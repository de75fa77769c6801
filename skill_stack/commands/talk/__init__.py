"""Verbs that speak with the planner, and show what it remembers."""
