"""A Dynamixel bus on a pseudo terminal; it shares no code with the driver, so that errors in either show."""
