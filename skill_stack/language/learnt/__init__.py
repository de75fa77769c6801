"""Learnt: phrases that users of a robot confirmed."""
