"""What nodes know of the robot and its surroundings, and what they publish of it."""
