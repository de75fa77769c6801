"""Unitree robots over DDS."""
