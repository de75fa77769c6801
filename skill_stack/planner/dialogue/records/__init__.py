"""Records of the dialogue: corrections, preferences, told facts, the audit."""
