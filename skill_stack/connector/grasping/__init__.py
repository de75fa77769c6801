"""Grasps: a template of a hand fitted to an object, its contacts and its forces."""
