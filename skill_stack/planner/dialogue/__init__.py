"""Dialogue: corrections, changed requests, failures and stated facts while a robot works."""
