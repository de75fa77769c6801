"""Persons of a simulated scene, who act on what is in it."""
