"""Postures of one hand for another: fingertips by the size of the hand, and a space of few numbers that all share."""
