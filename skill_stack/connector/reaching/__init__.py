"""Guides of a humanoid that reaches: where to stand, a hand at a point or a thing, and kept there while it walks."""
