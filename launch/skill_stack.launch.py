"""Brings up a deployment on a ROS install: ``ros2 launch skill_stack skill_stack.launch.py deployment:=go2_sim``.

What runs, under which names and with which parameters, comes from :mod:`skill_stack.runtime.bringup.processes`, as it
does for ``skill-stack up``.
"""

import os

from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction, Shutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.substitutions import ExecutableInPackage

from launch import LaunchContext, LaunchDescription
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.runtime.bringup.processes import ProcessSpec, describe
from skill_stack.runtime.bringup.ros_environment import ros_environment

RESPAWN_DELAY = 1.0  # s between the death of a process and its next start


def actions(context: LaunchContext) -> list:
    """The actions for a deployment, once the launch arguments are known."""

    def value(name: str) -> str:
        return LaunchConfiguration(name).perform(context)

    resources = Resources.from_environment(os.environ)
    deployment = load_deployment(
        resources.deployment(value("deployment")),
        interface=value("interface") or None,
        namespace=value("namespace") or None,
        scene=value("scene") or None,
        seed=int(value("seed")) if value("seed") else None,
    )
    environment = {k: v for k, v in ros_environment(os.environ).items() if os.environ.get(k) != v}
    return [action(spec, environment) for spec in describe(deployment, resources)]


def action(spec: ProcessSpec, environment: dict) -> ExecuteProcess:
    """One process as a launch action."""
    ending = {"respawn": True, "respawn_delay": RESPAWN_DELAY} if spec.restart == "always" else {}
    if spec.restart == "never":
        ending = {"on_exit": [Shutdown(reason=f"{spec.name} ended")]}
    if spec.ros:
        return Node(
            package="skill_stack",
            executable=spec.executable,
            name=spec.name,
            namespace=spec.namespace,
            arguments=list(spec.arguments),
            parameters=[spec.parameters] if spec.parameters else [],
            additional_env=environment,
            output="screen",
            **ending,
        )
    # Not a node, so no ROS arguments. A session of its own keeps it out of reach of whatever happens to launch.
    program = ExecutableInPackage(executable=spec.executable, package="skill_stack")
    command = ["setsid", "--wait", program, *spec.arguments]
    return ExecuteProcess(cmd=command, name=spec.name, additional_env=environment, output="screen", **ending)


def generate_launch_description() -> LaunchDescription:
    """What ``ros2 launch`` asks for."""
    return LaunchDescription(
        [
            DeclareLaunchArgument("deployment", description="name below config/deployments, or a file"),
            DeclareLaunchArgument("namespace", default_value="", description="namespace; empty: the deployment's own"),
            DeclareLaunchArgument("interface", default_value="", description="network interface to a real robot"),
            DeclareLaunchArgument("scene", default_value="", description="scene; empty: the deployment's own"),
            DeclareLaunchArgument("seed", default_value="", description="seed; empty: the deployment's own"),
            OpaqueFunction(function=actions),
        ]
    )
