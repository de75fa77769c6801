"""Corrections: words to a robot that works."""
