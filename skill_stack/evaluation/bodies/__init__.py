"""Whole-body tasks: their worlds, the suite that compares ways of doing them, and its figures."""
