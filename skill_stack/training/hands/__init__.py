"""Training of hands: worlds with an object in the palm, what a hand knows of them, and rewards."""
