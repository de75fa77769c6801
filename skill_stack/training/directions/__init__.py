"""Directions: a repertoire of ways that nobody named, each a direction of a latent."""
