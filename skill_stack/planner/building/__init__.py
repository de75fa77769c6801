"""Building: blueprints bound to the things of a scene, checked, and made into steps from what is seen."""
