"""Unitree Go2 in simulation: ``ros2 launch skill_stack go2_sim.launch.py``.

The arguments are those of ``skill_stack.launch.py``.
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
            DeclareLaunchArgument("deployment", default_value="go2_sim", description="a deployment that simulates"),
            IncludeLaunchDescription(file, launch_arguments=arguments),
        ]
    )
