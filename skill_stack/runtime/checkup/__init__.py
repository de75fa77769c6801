"""Checks of a robot before it is driven for the first time, step by step, with a person watching."""
