"""Keeping clear of other robots that share the floor."""
