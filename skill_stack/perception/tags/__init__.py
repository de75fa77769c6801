"""Square markers, and where the robot is by them."""
