"""What every process needs: arguments, identity, threads, heartbeats, keys and seals, the journal."""
