"""Practice by itself: which goals, in which scenes, when to give up, and what a run was an example of."""
