"""Low-rank adapters of a trained network: their training on shifted robots, and their export into one network."""
