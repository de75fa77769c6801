"""Retargeting of hand postures: fingertips scaled by the size of the hand, and a common low-dimensional space."""
