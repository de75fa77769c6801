"""A real Unitree G1: ``ros2 launch skill_stack g1_hardware.launch.py interface:=eth0``.

The same nodes as in simulation. Read docs/hardware/g1.md first. ``deployment:=g1_builtin`` leaves the joints to the
robot's own controller.
"""

from pathlib import Path

from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration

from launch import LaunchDescription

PASSED_ON = ("deployment", "interface", "namespace", "scene")


def generate_launch_description() -> LaunchDescription:
    """What ``ros2 launch`` asks for."""
    file = PythonLaunchDescriptionSource(str(Path(__file__).with_name("skill_stack.launch.py")))
    arguments = {name: LaunchConfiguration(name) for name in PASSED_ON}
    return LaunchDescription(
        [
            DeclareLaunchArgument("deployment", default_value="g1", description="g1, or g1_builtin"),
            DeclareLaunchArgument("interface", description="network interface to the robot, e.g. eth0"),
            *(DeclareLaunchArgument(name, default_value="") for name in PASSED_ON[2:]),
            IncludeLaunchDescription(file, launch_arguments=arguments.items()),
        ]
    )
