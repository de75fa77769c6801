"""A real Unitree Go2: ``ros2 launch skill_stack go2_hardware.launch.py interface:=eth0``.

The same nodes as in simulation. Read docs/hardware/go2.md first. ``deployment:=go2_builtin`` leaves the joints to the
robot's own controller. Every other argument is that of ``skill_stack.launch.py``.
"""

from pathlib import Path

from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration

from launch import LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """What ``ros2 launch`` asks for."""
    arguments = {"deployment": LaunchConfiguration("deployment")}.items()
    file = PythonLaunchDescriptionSource(str(Path(__file__).with_name("skill_stack.launch.py")))
    return LaunchDescription(
        [
            DeclareLaunchArgument("deployment", default_value="go2", description="go2, or go2_builtin"),
            DeclareLaunchArgument("interface", description="network interface to the robot, e.g. eth0"),
            IncludeLaunchDescription(file, launch_arguments=arguments),
        ]
    )
