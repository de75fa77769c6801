"""Wild cases: random robots, samples, setpoints and outputs, and what must hold of every command whatever they are."""
