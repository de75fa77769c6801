"""The connector: takes one step of a plan, sends setpoints at 20 Hz, and returns the outcome with its reason. No ROS,
no clocks.
"""
