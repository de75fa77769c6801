"""Plans over facts: simulation of preconditions and effects, and search for what is missing between two steps."""
