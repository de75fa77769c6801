"""Training policies in the model that the runtime steps; needs the extra ``train``."""
