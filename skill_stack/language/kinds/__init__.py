"""Kinds: kinds of objects and senses of skills, by their names."""
