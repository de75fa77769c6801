"""Cloning a demonstrator into a policy that answers in chunks: recordings, learning, export, measurement."""
