"""Learns the correspondence of a person's body with a robot's from motions that have nothing to do with each other."""
