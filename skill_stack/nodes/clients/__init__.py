"""Clients of a running stack over ROS, used by the command line, the page, benchmarks and other robots."""
