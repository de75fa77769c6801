"""Statistics of skill runs: success rates by region and context, durations and costs."""
