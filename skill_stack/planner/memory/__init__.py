"""What the robot did, kept: experiences of tasks, and the causal lessons that are drawn from them without a model."""
