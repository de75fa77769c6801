"""A latent of two numbers over one period of the feet: how high and how far they swing."""
