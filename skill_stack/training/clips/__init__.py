"""Motions of people as clips for robots: read, carried over, written as the file that a tracking skill reads."""
