"""Search for objects, and verification of effects."""
