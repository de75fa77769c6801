"""What the stack adds to the lifecycle of ROS nodes: what belongs to which state, and which parameters may change."""
