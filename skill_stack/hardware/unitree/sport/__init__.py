"""The built-in controller of Unitree robots: its services and its dialogue."""
