"""Hazards of combinations: harm by what is moved or acted on and where, checked in every plan."""
