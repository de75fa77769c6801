"""The page of a running robot: its server, who may do what on it, and what it shows. No ROS."""
