"""Grasps of two jaws from a depth view, by geometry alone: where to take a thing, and how to push it free."""
