"""What the dialogue keeps: corrections, preferences, told facts, the audit."""
