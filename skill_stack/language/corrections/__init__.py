"""Corrections: what is said to a robot that works."""
