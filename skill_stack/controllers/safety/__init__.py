"""The safety layer: guards, modes, the gate for setpoints, and stops."""
