"""Episodes of scenarios, each in its own world, judged on simulator truth."""
