"""Measurements of trained policies."""
