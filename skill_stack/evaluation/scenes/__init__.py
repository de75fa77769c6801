"""Random scenes for evaluations."""
