"""The recorder's side of ROS: topics as bytes, pictures, its node."""
