"""Policies too slow for the control loop: asked from it, answered beside it, used by age."""
