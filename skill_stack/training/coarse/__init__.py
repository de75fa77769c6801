"""One controller of a hand, learnt from its skills: it follows coarse finger commands and keeps the object."""
