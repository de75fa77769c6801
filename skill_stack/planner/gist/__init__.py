"""The tolerant reader: what is asked for in sentences that the grammar does not read as a whole."""
