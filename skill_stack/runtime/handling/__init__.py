"""A humanoid that walks to things and touches them, with a camera in its head, judged on simulator truth."""
