"""Ways around things: outlines, distance fields, planned paths, steering."""
