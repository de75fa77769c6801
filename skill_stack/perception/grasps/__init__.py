"""Grasps of two jaws from a depth view, by geometry alone, and pushes that make room."""
