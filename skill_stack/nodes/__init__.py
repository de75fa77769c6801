"""The ROS 2 interface: one thin node per file. Only this package imports ROS."""

import os

from skill_stack.runtime.bringup.die_with_parent import leave_on_interrupt

leave_on_interrupt(os.environ)  # before the imports of a node, which take a second
