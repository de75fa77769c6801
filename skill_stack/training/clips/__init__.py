"""Motions of people as clips for robots: read, retargeted, and written as the file of a tracking skill."""
