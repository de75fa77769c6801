"""Review: verdicts on episodes, their agreement, spoilt episodes, and the order of what is doubtful."""
