"""Catalogue: every run and episode of a folder in one index, found by words, robot, skill, outcome and date."""
