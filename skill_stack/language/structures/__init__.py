"""Descriptions of structures and scenes in words, read as blueprints."""
