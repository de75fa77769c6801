"""Implied goals: what somebody needs who only tells how things are, and the skills and things that help."""
