"""Policies too slow for the control loop: evaluated beside it, with answers used by age."""
