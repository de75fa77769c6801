"""A robot folder made from a URDF or a MuJoCo model file."""
