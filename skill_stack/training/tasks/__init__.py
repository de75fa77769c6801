"""Training tasks as data: rewards, commands, contexts, variations."""
