"""Guides of a humanoid that takes, carries, puts down and hands over things between both palms."""
