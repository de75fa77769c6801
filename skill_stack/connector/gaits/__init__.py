"""Gaits by a latent: a plan through its plane, and a code of the ground that leads it."""
