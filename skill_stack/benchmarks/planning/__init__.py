"""Figures of words and plans: time, any words, rehearsals, lessons."""
