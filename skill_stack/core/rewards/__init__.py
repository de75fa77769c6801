"""Reward terms as data: what a motion shall be, and how far one is from it."""
