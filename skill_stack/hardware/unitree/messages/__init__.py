"""Messages of Unitree robots as bytes."""
