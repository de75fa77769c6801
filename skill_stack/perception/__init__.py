"""Perception: from camera looks to named objects in the scene; see ``docs/perception.md``."""
