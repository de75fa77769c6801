"""A way around an object, cloned from a guide with a mode: choices whose mean is none."""
