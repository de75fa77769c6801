"""What every process has: arguments, identity, threads, signs of life, keys and seals, the journal."""
