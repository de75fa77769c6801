"""A Dynamixel bus on a pseudo terminal; it shares no code with the driver, so that both can be wrong on their own."""
