"""Memory: records of tasks, and causal lessons drawn from them without a model."""
