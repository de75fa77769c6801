"""Policies of other projects, run as their manifest states."""
