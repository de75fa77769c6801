"""Path planning: outlines, distance fields, planned paths, steering."""
