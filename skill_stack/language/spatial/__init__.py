"""Spatial questions: a compositional grammar, read into programs of relations, which are answered from the scene."""
