"""Kinematics: poses of links, and inverse kinematics."""
