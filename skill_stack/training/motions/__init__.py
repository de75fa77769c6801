"""Policies of motions by reward terms: copied from the planner, trained on the same terms, measured beside it."""
