"""Gamepads: profiles, what hands on them request, and devices of the Linux input subsystem."""
