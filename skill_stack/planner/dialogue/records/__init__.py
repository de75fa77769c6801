"""Records of the dialogue: corrections, preferences, stated facts, the audit."""
