"""Models of how a robot moves, learnt from its recordings: what follows from an action, and which action is usual."""
