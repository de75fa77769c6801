"""Learns to blend primitives of a whole body in the runtime's line; and two other ways of moving it, for comparison."""
