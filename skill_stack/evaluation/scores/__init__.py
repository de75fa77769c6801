"""Scores against the truth: perception, picking, searches, seen success."""
