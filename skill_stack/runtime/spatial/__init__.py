"""Spatial questions and gestures in drawn rooms, answered by the stack and scored by the truth."""
