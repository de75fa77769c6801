"""A latent prior of a body: its skills distilled into one network that is told by a few numbers, and what to draw."""
