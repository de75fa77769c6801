"""Bridges between other ROS topics and the stack: robots behind ROS, cameras, remotes."""
