"""Dialogue: corrections, changes of mind, failures and told facts while a robot works."""
