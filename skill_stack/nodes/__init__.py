"""The ROS 2 rim: one thin node per file. Only this package imports ROS."""
