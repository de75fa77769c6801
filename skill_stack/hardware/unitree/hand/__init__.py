"""Unitree's Dex3-1 hand over DDS."""
