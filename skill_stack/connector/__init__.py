"""The connector: one step of a plan in, setpoints at 20 Hz out, the outcome with its reason back. No ROS, no clocks."""
