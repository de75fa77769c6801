"""A policy tried in simulation, and which of its conventions may have been misread."""
