"""Scenarios, episodes and their statistics; the code that runs an episode is passed in."""
