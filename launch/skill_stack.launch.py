"""Brings up a deployment on a ROS install: ``ros2 launch skill_stack skill_stack.launch.py deployment:=go2_sim``.

What runs, under which names and with which parameters, comes from :mod:`skill_stack.runtime.bringup.processes`, as it
does for ``skill-stack up``. Nodes are launch's own; what drives and watches the robot without ROS is started, watched
and ended by ``skill-stack up --launched-by``, so that the robot is damped in the same order however the end comes.
"""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction, RegisterEventHandler, Shutdown
from launch.event_handlers import OnShutdown
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import ExecutableInPackage

from launch import LaunchContext, LaunchDescription
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.runtime.bringup.die_with_parent import VARIABLE
from skill_stack.runtime.bringup.process_security import enclave_of, environment_of
from skill_stack.runtime.bringup.processes import ProcessSpec, describe, simulated
from skill_stack.runtime.bringup.ros_environment import ros_environment

RESPAWN_DELAY = 1.0  # s between the death of a node and its next start
SHUTDOWN_BOUND = 30.0  # s: longer than ending a robot may take; a bring-up that is killed damps nothing
ARGUMENTS = {
    "deployment": "name below config/deployments, or a file",
    "namespace": "ROS namespace of the robot; empty: the deployment's own",
    "interface": "way to a real robot: eth0, /dev/serial/by-id/…, can0; empty: the deployment's own",
    "scene": "name or file of the scene; empty: the deployment's own",
    "seed": "varies the scene and the physics, 0 leaves them as the files say; empty: the deployment's own",
    "params_file": "ROS parameter file (YAML) for the nodes; its values win over those of the deployment",
    "use_sim_time": "true: nodes take their time from /clock, which a simulated robot then publishes; "
    "false: they do not; empty: as the deployment says (publish_clock)",
    "monitor": "true or false: whether the web page is served; empty: as the deployment says",
    "rviz": "true: RViz is started too, with config/rviz/skill_stack.rviz",
}
DEFAULTS = {"deployment": None, "rviz": "false"}


def actions(context: LaunchContext) -> list:
    """The actions for a deployment, once the launch arguments are known."""
    given = {name: LaunchConfiguration(name).perform(context) for name in ARGUMENTS}
    resources = Resources.from_environment(os.environ)
    path = resources.deployment(given["deployment"])
    deployment = changed(path, given)
    stack = ros_environment(os.environ)
    specs = [spec for spec in describe(deployment, resources) if spec.ros]
    own = own_parameters(given, deployment)
    environments = [environment_of(stack, spec, resources) for spec in specs]
    nodes = [node(spec, own, changes(each)) for spec, each in zip(specs, environments, strict=True)]
    made = [bring_up(path, given, changes(stack)), *nodes]
    made += [rviz(resources, deployment, own)] if switch("rviz", given["rviz"]) else []
    return [RegisterEventHandler(OnShutdown(on_shutdown=interrupts(made))), *made]


def changes(environment: dict[str, str]) -> dict[str, str]:
    """Variables of an environment that this process has otherwise."""
    return {name: value for name, value in environment.items() if os.environ.get(name) != value}


def changed(path: Path, given: dict[str, str]) -> Deployment:
    """The deployment with the launch arguments applied."""
    deployment = load_deployment(
        path,
        interface=given["interface"] or None,
        namespace=given["namespace"] or None,
        scene=given["scene"] or None,
        seed=int(given["seed"]) if given["seed"] else None,
    )
    page, clock = switch("monitor", given["monitor"]), switch("use_sim_time", given["use_sim_time"])
    if page is not None:
        deployment = deployment.model_copy(update={"monitor": deployment.monitor.model_copy(update={"enabled": page})})
    if clock is not None:
        deployment = deployment.model_copy(update={"publish_clock": clock and simulated(deployment)})
    return deployment


def switch(name: str, text: str) -> bool | None:
    """What an argument says that is true, false or empty."""
    if text.lower() not in ("", "true", "false"):
        raise DataError(f"launch argument {name}: '{text}' is neither true nor false")
    return {"true": True, "false": False}.get(text.lower())


def own_parameters(given: dict[str, str], deployment: Deployment) -> list:
    """What every node is told on top of its deployment."""
    clock, file = switch("use_sim_time", given["use_sim_time"]), given["params_file"]
    if file and not Path(file).is_file():
        raise DataError(f"launch argument params_file: there is no file {file}")
    clocks = [] if clock is None else [{"use_sim_time": clock}]
    return [*clocks, *([file] if file else [])]


def bring_up(path: Path, given: dict[str, str], environment: dict) -> ExecuteProcess:
    """Everything that is no node; its end is the end of all."""
    program = ExecutableInPackage(executable="skill-stack", package="skill_stack")
    passed = [word for name in ("namespace", "interface", "scene", "seed") if given[name]
              for word in (f"--{name}", given[name])]  # fmt: skip
    return ExecuteProcess(
        cmd=[program, "up", str(path), "--launched-by", str(os.getpid()), "--verbose", *passed],
        name="bring_up",
        additional_env=environment,
        output="screen",
        sigterm_timeout=str(SHUTDOWN_BOUND),
        sigkill_timeout=str(SHUTDOWN_BOUND),
        on_exit=[Shutdown(reason="bring_up ended")],
    )


def node(spec: ProcessSpec, own: list, environment: dict) -> Node:
    """One node; it is started again when it dies, and ends with launch, however that ends."""
    return Node(
        package="skill_stack",
        executable=spec.executable,
        name=spec.name,
        namespace=spec.namespace,
        arguments=list(spec.arguments),
        ros_arguments=["--enclave", enclave_of(spec.namespace, spec.name)],
        parameters=[*([typed(spec.parameters)] if spec.parameters else []), *own],
        additional_env={**environment, VARIABLE: str(os.getpid())},
        output="screen",
        respawn=True,
        respawn_delay=RESPAWN_DELAY,
    )


def typed(parameters: dict) -> dict:
    """Parameters whose texts stay texts: launch takes one that is JSON for a table, which no parameter can be."""
    return {
        name: ParameterValue(value, value_type=str) if isinstance(value, str) else value
        for name, value in parameters.items()
    }


def rviz(resources: Resources, deployment: Deployment, own: list) -> Node:
    """RViz; closing it leaves the robot as it is."""
    return Node(
        package="rviz2",
        executable="rviz2",
        name="rviz",
        namespace=deployment.namespace,
        arguments=["-d", str(resources.find("config/rviz/skill_stack.rviz", "RViz file"))],
        parameters=own,
        output="screen",
    )


def interrupts(made: list) -> Callable:
    """Passes an interrupt on that launch alone has heard.

    Launch in a terminal relies on the terminal to signal everybody, and would wait for seconds where somebody else
    sent the signal. Being asked twice does nothing to the nodes, the bring-up or RViz.
    """

    def pass_on(event: object, context: LaunchContext) -> None:
        if not getattr(event, "due_to_sigint", False) or context.noninteractive:
            return  # launch signals them itself
        for action in made:
            pid = (action.process_details or {}).get("pid")
            if pid is not None and action.return_code is None:
                with contextlib.suppress(ProcessLookupError):  # it has ended already
                    os.kill(pid, signal.SIGINT)

    return pass_on


def generate_launch_description() -> LaunchDescription:
    """What ``ros2 launch`` asks for."""
    declared = [
        DeclareLaunchArgument(name, description=text, default_value=DEFAULTS.get(name, ""))
        for name, text in ARGUMENTS.items()
    ]
    return LaunchDescription([*declared, OpaqueFunction(function=actions)])
