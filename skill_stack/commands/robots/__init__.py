"""Verbs for robots: new ones, checks, calibration, deployments, looks."""
