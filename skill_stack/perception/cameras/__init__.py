"""Cameras and recordings as sources of looks."""
