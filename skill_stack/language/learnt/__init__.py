"""Learnt: phrases that one robot's users confirmed."""
