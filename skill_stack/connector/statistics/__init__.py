"""What the runs of skills say: how often they succeed where, how long they take, and what they cost."""
