"""Verbs for talking to the planner, and for its memory."""
