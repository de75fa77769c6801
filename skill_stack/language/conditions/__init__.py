"""Conditions: what must hold, and what must not be done."""
