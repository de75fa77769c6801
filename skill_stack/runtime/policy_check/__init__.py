"""A policy tried in simulation, and conventions that may have been misread."""
