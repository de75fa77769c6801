"""Allegro Hand V4 on its CAN bus."""
