"""Conditions: preconditions and prohibitions."""
