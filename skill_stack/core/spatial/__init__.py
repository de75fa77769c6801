"""Spatial sense: solids, relations of things in three frames, free places, and what changed over time."""
