"""What the page of a running robot shows of ROS, and what it requests there."""
