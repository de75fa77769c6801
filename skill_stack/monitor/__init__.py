"""Views of a running robot: links, scene and plan as plain data, and a web page."""
