"""Policies too slow for the control loop: asked from it, evaluated beside it, used by age."""
