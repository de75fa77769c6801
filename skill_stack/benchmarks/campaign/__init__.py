"""The fault campaign: random faults at random moments, each judged against its declared reaction."""
