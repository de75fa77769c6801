"""Running skills on a robot: state estimation, observations, policies, the control loop and its safety."""
