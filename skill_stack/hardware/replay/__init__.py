"""A recording as hardware: what a robot measured once, measured again, with nothing that moves."""
