"""Policies of other projects, run as they are by what their manifest says."""
