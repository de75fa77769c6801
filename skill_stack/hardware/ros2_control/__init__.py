"""Robots that already have a ros2_control driver."""
