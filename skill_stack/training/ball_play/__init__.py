"""A quadruped and a ball in one network: demonstrations by rules, learning, export, measurement."""
