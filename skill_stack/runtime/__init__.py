"""The line assembled in one process, and the processes of a deployment; no ROS."""
