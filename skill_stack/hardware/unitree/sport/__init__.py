"""The built-in controller of Unitree robots: its services and their protocol."""
