"""Processes between ROS topics of others and the stack: robots behind ROS, cameras, remotes."""
