"""What people see of a running robot: its links, the scene and the plan as plain data, and a web page of them."""
