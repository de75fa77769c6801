"""Planned motion: a planner of motions that answers as a slow policy does."""
