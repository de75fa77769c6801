"""Runners: what turns each kind of skill into joint targets, and how they are blended."""
