"""Clients of a running stack over ROS: the command line, the page, benchmarks and other robots use them."""
