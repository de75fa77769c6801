"""User-provided networks: identified by their files, or refused with the reason."""
