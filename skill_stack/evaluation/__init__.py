"""Scenarios, episodes and their statistics; what runs an episode is handed in."""
