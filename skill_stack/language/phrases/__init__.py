"""Phrases: which words ask for which skill, made of a library's own phrases, names and descriptions."""
