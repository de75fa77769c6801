"""Intrinsics and mounting of cameras by a ChArUco board."""
