"""Walking through a robot before it is driven for the first time, step by step, a person watching."""
