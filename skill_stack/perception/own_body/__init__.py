"""What the robot itself is in its looks, and what its body does to things and floor that no camera sees."""
