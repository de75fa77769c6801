"""Fleet: one request divided among several robots, and its execution."""
