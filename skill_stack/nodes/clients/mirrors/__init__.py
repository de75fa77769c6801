"""Clients that have a robot of a running stack do what a hand or a person shows."""
