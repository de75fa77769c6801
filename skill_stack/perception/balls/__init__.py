"""Balls that roll: found in colour pictures by their outline, and followed on the map."""
