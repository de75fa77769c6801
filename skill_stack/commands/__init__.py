"""The verbs of the command line, one file each; ``skill_stack.cli`` imports only the one that is used."""
