"""Hazards of combinations: what harms because of what is moved or acted on and where, checked in every plan."""
