"""Motion without a skill: from words to reward terms, and from reward terms to joint targets."""
