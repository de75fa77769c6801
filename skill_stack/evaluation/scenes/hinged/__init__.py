"""Random scenes with doors and lids that are to be opened or closed."""
