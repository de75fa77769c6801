"""Unitree Go2 in simulation: ``ros2 launch skill_stack go2_sim.launch.py``."""

from pathlib import Path

from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration

from launch import LaunchDescription

PASSED_ON = ("namespace", "scene", "seed")


def generate_launch_description() -> LaunchDescription:
    """What ``ros2 launch`` asks for."""
    file = PythonLaunchDescriptionSource(str(Path(__file__).with_name("skill_stack.launch.py")))
    arguments = {"deployment": "go2_sim", **{name: LaunchConfiguration(name) for name in PASSED_ON}}
    return LaunchDescription(
        [
            *(DeclareLaunchArgument(name, default_value="") for name in PASSED_ON),
            IncludeLaunchDescription(file, launch_arguments=arguments.items()),
        ]
    )
