"""Episodes of scenarios, each in a world of its own, judged on simulator truth."""
