"""Robots and deployments as data: joints, sensors, cameras, grippers, limits, URDF, drivers."""
