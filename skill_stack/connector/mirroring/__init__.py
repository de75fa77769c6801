"""A person's body moves a robot's: what is seen of the person, and the learnt map to goal values of a skill."""
