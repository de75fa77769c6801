"""Robots that have a ros2_control driver already."""
