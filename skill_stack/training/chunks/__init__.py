"""Cloning what a demonstrator did into a policy that answers in chunks: recordings, learning, export, measurement."""
