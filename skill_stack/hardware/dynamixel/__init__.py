"""Hands and arms on a Dynamixel bus, protocol 2.0."""
