"""Consistency checks between sensors: wrong values that look plausible."""
