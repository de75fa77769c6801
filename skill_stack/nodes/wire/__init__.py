"""The stack's types as ROS messages, and back."""
