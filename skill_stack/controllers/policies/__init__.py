"""Exported networks: their contract, their observations, and loading them."""
