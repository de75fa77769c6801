"""Skills as one signed file: format, keys, and an index of such files."""
