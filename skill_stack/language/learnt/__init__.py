"""Learnt: phrases confirmed by one robot's users."""
