"""State estimation of legged robots: kinematics, contacts, joint velocities, attitude and base motion."""
