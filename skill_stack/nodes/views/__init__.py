"""Views: a node's knowledge of the robot and its surroundings, and their publishers."""
