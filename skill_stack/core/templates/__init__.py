"""Template motions of a hand: paths as data for what no skill of an arm does."""
