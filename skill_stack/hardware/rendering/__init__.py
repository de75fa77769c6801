"""Cameras and pictures of simulated scenes."""
