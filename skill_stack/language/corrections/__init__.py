"""Corrections: words about a task that runs."""
