"""Voice joined with the prompt: what a person says to a running robot."""
