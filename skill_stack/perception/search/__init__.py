"""Search for objects, and whether a skill's effect can be seen."""
