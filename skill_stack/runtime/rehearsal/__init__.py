"""Plans tried in sampled worlds before one of them runs."""
