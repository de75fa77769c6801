"""Phrases: the words that request each skill, from a library's own phrases, names and descriptions."""
