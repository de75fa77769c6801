"""Paths of the dialogue's records below the overlay, see :class:`skill_stack.core.resources.Resources`."""

FOLDER = "dialogue"
"""Folder below the overlay."""
CORRECTIONS = "corrections.sqlite"
TAUGHT = "taught.sqlite"
CONSOLE_KEY = "console.key"
DECISIONS = "decisions-{place}.jsonl"
"""Log of decisions; ``place`` is ROS domain and namespace."""
