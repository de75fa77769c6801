"""Terminal interfaces: the prompt and keyboard driving. Both use callbacks only, no transport."""
