"""The processes of a deployment: the single source for ``skill-stack up`` and for the launch files."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.processes.limit_arguments import limit_arguments, with_limits
from skill_stack.core.processes.process_arguments import settings_arguments
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import load_camera
from skill_stack.core.robots.deployment import Deployment, PartDriver, SecurityConfig
from skill_stack.core.robots.driver import EVERY_ROBOT, SIMULATED, reaches_device
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.slow_skills import slow_skills
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.core.world.scene_tags import SceneTags

Restart = Literal["always", "never"]

NODE_PATIENCE = 30.0
"""Longest silence of a node, s; on an overloaded machine a node may be delayed for seconds."""
PLANNER_PATIENCE = 120.0
"""The same for the planner, s, which may wait for a model's answer."""
SUPERVISOR_PATIENCE = 5.0
"""The same for the supervisor, s; meanwhile the robot takes its stance."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One process, independent of how it is started.

    Attributes:
        name: Name of the node or process, unique in the deployment.
        executable: Console script.
        module: Python module with the same ``main``.
        arguments: Command line, ROS arguments left out.
        parameters: ROS parameters; empty for a process that is not a node.
        namespace: ROS namespace, without slashes at the ends.
        ros: Whether it is a ROS node.
        restart: ``always``: started again when it ends unexpectedly. ``never``: its end also ends the deployment.
        detached: Whether it outlives a bring-up that crashes; processes that keep the robot safe do.
        ready: Line of its output that reports that it works.
        optional: Whether the deployment works without it: nothing waits for it or ends because of it.
        patience: Longest silence of its pulse before it counts as hanging, s; 0 leaves watching it to another process.
        interfaces: Network interfaces that its ROS uses besides loopback, see ``process_network``.
        security: Keys of the deployment, for a process with ROS; None: unprotected, see ``process_security``.
    """

    name: str
    executable: str
    module: str
    arguments: tuple[str, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    namespace: str = ""
    ros: bool = True
    restart: Restart = "always"
    detached: bool = False
    ready: str = ""
    optional: bool = False
    patience: float = NODE_PATIENCE
    interfaces: tuple[str, ...] = ()
    security: SecurityConfig | None = None

    @property
    def node(self) -> str:
        """Name of its ROS node: a bridge names its node after what it is a bridge to."""
        return self.name if self.ros else f"{self.executable}{self.name.removeprefix('bridge')}"


CONTROL = "control_process"
"""Executable of the process that drives a part."""
SUPERVISOR = "supervisor"
"""Executable of the process that watches them."""
BRIDGES = {
    "unitree_ros": ("unitree_bridge", "skill_stack.nodes.bridges.unitree_bridge"),
    "ros2_control": ("ros2_control_bridge", "skill_stack.nodes.bridges.ros2_control_bridge"),
}
"""Drivers whose device is reached by a process of its own: its executable and module."""
BRIDGED_PARTS = ("ros2_control",)
"""Those whose bridge may also serve a single part of a robot."""
RECORDING = "SKILL_STACK_RECORDING"
"""Variable that, as ``off``, leaves the recorder out, whatever a deployment says: for tests and measurements."""
NODES = "nodes"
"""Key of ``interfaces`` for every node that is not named there."""
FOLDERS = {"balls": "balls."}
"""Package below that of the nodes in which a node is, where it is none of its files."""
MANAGED = ("controller", "scene", "connector", "planner")
"""Lifecycle nodes in the order in which they are brought up."""


def describe(deployment: Deployment, resources: Resources) -> tuple[ProcessSpec, ...]:
    """All processes of a deployment, in starting order.

    Args:
        deployment: The deployment.
        resources: Where robots and scenes are found.

    Raises:
        ResourceNotFound: The robot or scene does not exist.
        DataError: A file of theirs is wrong.
    """
    # A wrong robot or rate is an error before anything has started.
    robot = load_robot(resources.robot(deployment.robot), resources).at_rate(deployment.control_rate)
    with_limits(robot, deployment.safety, deployment.unsafe, f"deployment '{deployment.name}'")
    _check_parts(deployment, robot)
    setup = set_up(load_scene(resources.scene(deployment.scene)), deployment.seed)
    eyes = _eyes(deployment, setup)
    specs = (
        *_device(deployment, robot, drawn=bool(eyes)),
        *_cameras(deployment, resources, eyes),
        *_tracker(deployment, robot, resources),
        *_workers(deployment, robot, resources),
        *_nodes(deployment, robot, setup),
        *_recorder(deployment, robot),
    )
    return _with_security(deployment, _with_interfaces(deployment, specs))


def with_ros(specs: Iterable[ProcessSpec]) -> tuple[ProcessSpec, ...]:
    """The processes that take part in ROS: nodes, and bridges to the robot's own."""
    bridges = {executable for executable, _ in BRIDGES.values()}
    return tuple(spec for spec in specs if spec.ros or spec.executable in bridges)


def _with_interfaces(deployment: Deployment, specs: tuple[ProcessSpec, ...]) -> tuple[ProcessSpec, ...]:
    """The processes with the network interfaces that the deployment names.

    Raises:
        DataError: It names a process that is none of ROS.
    """
    known = [spec.name for spec in with_ros(specs)]
    for name in deployment.interfaces:
        if name not in (*known, NODES):
            origin, has = f"deployment '{deployment.name}': interfaces", ", ".join([*known, NODES])
            raise DataError(f"{origin}: '{name}' is no ROS process of it; it has {has}")
    named = {spec.name: deployment.interfaces.get(NODES, ()) for spec in specs if spec.ros} | deployment.interfaces
    return tuple(dataclasses.replace(spec, interfaces=named.get(spec.name, ())) for spec in specs)


def _with_security(deployment: Deployment, specs: tuple[ProcessSpec, ...]) -> tuple[ProcessSpec, ...]:
    """The processes, those with ROS with the keys of the deployment."""
    secured = {spec.name for spec in with_ros(specs)}
    return tuple(dataclasses.replace(s, security=deployment.security) if s.name in secured else s for s in specs)


def _other_parts(places: dict[str, tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    """Supervisor arguments for drivers and settings of the parts other than the main one."""
    drivers = [word for part, (driver, _) in places.items() for word in ("--part-driver", f"{part}={driver}")]
    told = {part: settings for part, (_, settings) in places.items() if settings}
    return (*drivers, *(("--part-settings", json.dumps(told)) if told else ()))


def _device(deployment: Deployment, robot: RobotSpec, drawn: bool) -> tuple[ProcessSpec, ...]:
    """The processes without ROS: simulator, with its state for cameras that are ``drawn``, a control process for each
    part, supervisor.
    """
    who = ("--robot", deployment.robot, "--namespace", deployment.namespace)
    rate = ("--rate", f"{deployment.control_rate:g}") if deployment.control_rate else ()
    pace = ("--pace", deployment.pace, *rate)
    provider = ("--provider", deployment.provider)
    world = ("--scene", deployment.scene, "--seed", str(deployment.seed))
    harsh = ("--harsh", deployment.harsh.model_dump_json(exclude_defaults=True)) if deployment.harsh else ()
    viewer = ("--viewer",) if deployment.viewer else ()
    cameras = ("--cameras",) if drawn else ()
    tracks = ("--tracks",) if deployment.perception.tracks else ()
    limits = limit_arguments(deployment.safety, deployment.unsafe)
    common: dict[str, Any] = {"namespace": deployment.namespace, "ros": False, "detached": True}
    simulator = ProcessSpec(
        "simulator",
        "simulator",
        "skill_stack.hardware.mujoco.simulator_process",
        (*who, *world, *_start_and_others(deployment), *pace, *limits, *harsh, *viewer, *cameras),
        restart="never",
        ready=f"{deployment.robot} in ",
        **common,
    )
    controls = tuple(
        ProcessSpec(
            "control" if part == robot.main_part else f"control_{part}",
            CONTROL,
            "skill_stack.controllers.processes.control_process",
            (*who, *pace, "--rearm", deployment.rearm, *provider, *tracks, *_part_arguments(deployment, robot, part)),
            ready=f"{deployment.robot if len(robot.parts) == 1 else f'{deployment.robot}.{part}'} at ",
            patience=0.0,  # the supervisor does, and sooner
            **common,
        )
        for part in robot.parts
    )
    places = {part: place_of(deployment, robot, part) for part in list(robot.parts)[1:]}
    supervisor = ProcessSpec(
        "supervisor",
        SUPERVISOR,
        "skill_stack.controllers.processes.supervisor_process",
        (*who, *_part_arguments(deployment, robot, robot.main_part), *_other_parts(places), *pace),
        ready="watches the control process",
        patience=SUPERVISOR_PATIENCE,
        **common,
    )
    watching = (supervisor, *_standby(supervisor, {deployment.driver, *(driver for driver, _ in places.values())}))
    if deployment.simulated_elsewhere:
        return (*controls, *watching)
    device = (simulator,) if simulated(deployment) else _bridges(deployment, robot, who, common)
    return (*device, *controls, *watching)


def _standby(supervisor: ProcessSpec, drivers: set[str]) -> tuple[ProcessSpec, ...]:
    """A second supervisor where the driver is part of the control process.

    Simulator and bridges damp by themselves; a robot on a bus may hold its last command forever, and then must not
    wait until the bring-up has started another supervisor.
    """
    if drivers <= {SIMULATED, *EVERY_ROBOT, *BRIDGES}:
        return ()
    arguments = (*supervisor.arguments, "--standby")
    return (dataclasses.replace(supervisor, name="standby", arguments=arguments, ready="stands by "),)


def _start_and_others(deployment: Deployment) -> tuple[str, ...]:
    """Simulator arguments for the robot's start and the other robots in its world."""
    start = () if deployment.start is None else (f"--start={_joined(deployment.start)}",)
    others = (f"--beside={one.robot}:{one.namespace}:{_joined(one.start)}" for one in deployment.beside)
    return (*start, *others)


def _joined(numbers: tuple[float, ...]) -> str:
    return ",".join(f"{number:g}" for number in numbers)


def _eyes(deployment: Deployment, setup: SceneSetup) -> tuple[str, ...]:
    """Cameras of the simulated robot that are rendered.

    Raises:
        DataError: There is more than one.
    """
    seen = deployment.perception
    if seen.source != "simulator" or not simulated(deployment):
        return ()
    eyes = tuple(filter(None, (seen.camera, _balls(deployment, setup))))
    if len(eyes) > 1:
        where = f"deployment '{deployment.name}': perception"
        raise DataError(f"{where}: of a simulated robot one camera is drawn: 'camera' or 'balls', not both")
    return eyes


def _balls(deployment: Deployment, setup: SceneSetup) -> str:
    """The camera by which balls are followed; empty where there is none, or no ball that rolls."""
    return deployment.perception.balls if any(thing.rolls for thing in setup.objects) else ""


def _cameras(deployment: Deployment, resources: Resources, eyes: tuple[str, ...]) -> tuple[ProcessSpec, ...]:
    """The process that renders a camera of a simulated robot; it ends with the bring-up.

    Raises:
        DataError: The robot has no cameras, or one that is to measure depth does not.
        UnknownName: It has none of that name.
    """
    seen = deployment.perception
    for name in filter(None, (seen.camera, seen.balls)):
        camera = load_camera(resources.robot(deployment.robot), name)
        if name == seen.camera and not (camera.depth or seen.tracks):
            raise DataError(f"deployment '{deployment.name}': perception.camera: '{name}' measures no depth")
    if not eyes:
        return ()
    world = ("--scene", deployment.scene, "--seed", str(deployment.seed))
    width = ("--width", str(seen.width)) if seen.width else ()
    who = ("--robot", deployment.robot, "--namespace", deployment.namespace)
    return (
        ProcessSpec(
            "sim_camera",
            "sim_camera",
            "skill_stack.hardware.rendering.sim_camera",
            (*who, *world, "--camera", eyes[0], *width),
            namespace=deployment.namespace,
            ros=False,
            ready="camera ",
        ),
    )


def _tracker(deployment: Deployment, robot: RobotSpec, resources: Resources) -> tuple[ProcessSpec, ...]:
    """The process that follows the object in the hand by a camera; it ends with the bring-up.

    Raises:
        DataError: There is no camera, nothing to follow, or no marker on it.
    """
    seen = deployment.perception
    if not seen.tracks:
        return ()
    where = f"deployment '{deployment.name}': perception.tracks"
    if not seen.camera or seen.source == "ros":
        raise DataError(f"{where} needs a camera of source simulator or realsense")
    carrier = robot.sensors.tracker.object if robot.sensors.tracker is not None else ""
    tags = load_scene(resources.scene(deployment.scene)).tags
    if not carrier or not tags.on(carrier).places:
        what = f"no marker on '{carrier}' in the scene {deployment.scene}" if carrier else "no sensors.tracker"
        raise DataError(f"{where}: {robot.name} has nothing to follow: {what}")
    who = ("--robot", deployment.robot, "--namespace", deployment.namespace, "--pace", deployment.pace)
    what_where = ("--scene", deployment.scene, "--camera", seen.camera, "--source", seen.source)
    return (
        ProcessSpec(
            "object_tracker",
            "object_tracker",
            "skill_stack.perception.tags.object_tracker",
            (*who, *what_where),
            namespace=deployment.namespace,
            ros=False,
            ready="follows the ",
        ),
    )


def _workers(deployment: Deployment, robot: RobotSpec, resources: Resources) -> tuple[ProcessSpec, ...]:
    """A policy worker for each part that needs one; in lock-step time waits instead.

    A worker that ends is started again, while the fallback of its skill drives; it ends with the bring-up.
    """
    if deployment.pace == "lock_step" or deployment.control == "vendor":
        return ()
    library = load_library(resources, robot, deployment.control)
    who = ("--robot", deployment.robot, "--namespace", deployment.namespace, "--provider", deployment.provider)
    return tuple(
        ProcessSpec(
            "policy_worker" if part == robot.main_part else f"policy_worker_{part}",
            "policy_worker",
            "skill_stack.controllers.slow.worker_process",
            (*who, "--part", part),
            namespace=deployment.namespace,
            ros=False,
            ready="serves ",
            optional=True,
        )
        for part in robot.parts
        if slow_skills(library, part)
    )


def _bridges(
    deployment: Deployment, robot: RobotSpec, who: tuple[str, ...], common: dict[str, Any]
) -> tuple[ProcessSpec, ...]:
    """A bridge process for each part whose device is not reached by its control process itself."""
    specs = []
    for part in robot.parts:
        main = part == robot.main_part
        driver, place = _driver_of(deployment, robot, part)
        if driver not in BRIDGES:
            continue
        limits = limit_arguments(deployment.safety, deployment.unsafe) if main else ("--part", part)
        name, whom = ("bridge", "") if main else (f"bridge_{part}", f".{part}")
        arguments, ready = (*who, *settings_arguments(place), *limits), f"{deployment.robot}{whom} over ROS"
        specs.append(ProcessSpec(name, *BRIDGES[driver], arguments, ready=ready, **common))
    return tuple(specs)


def _driver_of(deployment: Deployment, robot: RobotSpec, part: str) -> tuple[str, dict[str, Any]]:
    """Driver of any part and its settings."""
    if part == robot.main_part:
        return deployment.driver, deployment.driver_settings
    return place_of(deployment, robot, part)


def _part_arguments(deployment: Deployment, robot: RobotSpec, part: str) -> tuple[str, ...]:
    """Driver arguments of one part; the deployment's driver, limits and built-in controller are the main part's."""
    if part != robot.main_part:
        driver, place = place_of(deployment, robot, part)
        return ("--part", part, "--driver", driver, *settings_arguments(place))
    limits = limit_arguments(deployment.safety, deployment.unsafe)
    settings = settings_arguments(deployment.driver_settings)
    return ("--driver", deployment.driver, "--control", deployment.control, *settings, *limits)


def place_of(deployment: Deployment, robot: RobotSpec, part: str) -> tuple[str, dict[str, Any]]:
    """Driver of a part and its settings.

    The deployment's setting for the part comes first; then the part's own driver, except where every part is simulated
    or replayed; then the deployment's driver.
    """
    given = deployment.parts.get(part, PartDriver())
    whole = simulated(deployment) or deployment.driver in EVERY_ROBOT
    driver = given.driver or (None if whole else robot.parts[part].driver) or deployment.driver
    shared = not given.driver_settings and driver == deployment.driver
    return driver, deployment.driver_settings if shared else given.driver_settings


def _check_parts(deployment: Deployment, robot: RobotSpec) -> None:
    """Raises DataError where the deployment names parts that it cannot configure."""
    origin = f"deployment '{deployment.name}': parts"
    others = list(robot.parts)[1:]
    for part in deployment.parts:
        if part not in others:
            has = ", ".join(others) or "none but the main one, which 'driver' is of"
            raise DataError(f"{origin}: '{part}' is no such part of {robot.name}; it has {has}")
    for part in others:
        driver, place = place_of(deployment, robot, part)
        if driver not in BRIDGES:
            continue
        if driver not in BRIDGED_PARTS:
            raise DataError(f"{origin}.{part}: '{driver}' is for whole robots; its bridge serves their main part alone")
        if simulated(deployment) or deployment.simulated_elsewhere:
            raise DataError(f"{origin}.{part}: '{driver}' cannot serve a part that the simulator measures too")
        if place == deployment.driver_settings:
            raise DataError(f"{origin}.{part}: '{driver}' needs driver_settings of the part's own")


def _switches(deployment: Deployment) -> dict[str, Any]:
    """Planner parameters for rehearsal and for running inferred plans without asking; without the node's defaults."""
    planner = deployment.planner
    switches = {"rehearse": planner.rehearse, "rehearse_seconds": planner.rehearse_seconds}
    return switches | ({} if planner.ask_inferred else {"ask_inferred": False})


def _models(deployment: Deployment) -> dict[str, str]:
    """The planner's models as one parameter; checked here, so that an error is reported before anything starts.

    Raises:
        DataError: An endpoint or setting is wrong.
    """
    if not deployment.planner.models:
        return {}
    from skill_stack.planner.model.endpoint import ModelSection  # only who has models needs what they need

    section = {"models": list(deployment.planner.models), "settings": deployment.planner.settings}
    parse_model(ModelSection, section, f"planner of deployment '{deployment.name}'")
    return {"models": json.dumps(section)}


def _recorder(deployment: Deployment, robot: RobotSpec) -> tuple[ProcessSpec, ...]:
    """The node that records; the deployment works without it."""
    if not deployment.recording.enabled or os.environ.get(RECORDING) == "off":
        return ()
    settings = deployment.model_dump_json(exclude_defaults=True, exclude={"security"})
    return (
        ProcessSpec(
            "recorder",
            "recorder_node",
            "skill_stack.nodes.recorder.recorder_node",
            parameters={**_robot(deployment, robot), "settings": settings},
            namespace=deployment.namespace,
            ready="recorder is ready",
            optional=True,
        ),
    )


def simulated(deployment: Deployment) -> bool:
    """Whether the deployment brings its own simulated robot."""
    return deployment.driver == SIMULATED


def _robot(deployment: Deployment, robot: RobotSpec) -> dict[str, Any]:
    """Parameters that every node has: the robot, who moves its joints, and whether nothing but a simulation moves."""
    drivers = [_driver_of(deployment, robot, part)[0] for part in robot.parts]
    nothing_real = not any(map(reaches_device, drivers))
    return {"robot": deployment.robot, "control": deployment.control, "simulated": nothing_real}


def _seeing(deployment: Deployment, tags: SceneTags) -> dict[str, Any]:
    """Parameters of perception alone."""
    seen = deployment.perception
    found: dict[str, Any] = {"camera": seen.camera, "source": seen.source, "things": seen.things}
    found |= {"networks": json.dumps([one.model_dump() for one in seen.networks])} if seen.networks else {}
    found |= {"tags": tags.model_dump_json()} if tags.places else {}
    found |= {"landmarks": deployment.scene, "landmark_seed": deployment.seed} if seen.map_known else {}
    return found | ({"remember": deployment.scene} if seen.remembers else {})


def _nodes(deployment: Deployment, spec: RobotSpec, setup: SceneSetup) -> tuple[ProcessSpec, ...]:
    """The ROS nodes with their parameters."""
    start = setup.start if deployment.start is None else Pose2(*deployment.start)
    robot = _robot(deployment, spec)
    pace = {"pace": deployment.pace}
    world = {"scene": deployment.scene, "seed": deployment.seed}
    own: dict[str, dict[str, Any]] = {
        "controller": {
            **robot,
            **pace,
            "start_pose": [float(start.x), float(start.y), float(start.yaw)],
            "publish_clock": deployment.publish_clock,
        },
        "scene": {**robot, **pace, **world},
        "connector": {**robot, **pace},
        "planner": {**robot, **pace, "scene": deployment.scene, **_models(deployment), **_switches(deployment)},
        "lifecycle_manager": {"managed": list(MANAGED)},
    }
    if deployment.perception.camera and not deployment.perception.tracks:
        known = deployment.perception.map_known
        own["scene"] |= {"stated": known, "fixed": known}
        own["perception"] = {**robot, **pace, **_seeing(deployment, setup.tags)}
        own["lifecycle_manager"]["managed"].append("perception")
    if camera := _balls(deployment, setup):
        own["balls"] = {**robot, **pace, **world, "camera": camera, "source": deployment.perception.source}
        own["lifecycle_manager"]["managed"].append("balls")
    if deployment.monitor.enabled:
        page = deployment.monitor
        own["monitor"] = {
            **robot, "host": page.host, "port": page.port, "names": list(page.names) or [""],
            "recogniser": page.recogniser, "recogniser_model": page.recogniser_model, "wake": page.wake,
        }  # fmt: skip
    clock = {"use_sim_time": True} if deployment.publish_clock else {}
    return tuple(
        ProcessSpec(
            name,
            executable := name if name == "lifecycle_manager" else f"{name}_node",
            f"skill_stack.nodes.{FOLDERS.get(name, '')}{executable}",
            parameters={**clock, **values, **deployment.parameters.get(name, {})},
            namespace=deployment.namespace,
            ready=f"{name} is ready",
            optional=name == "monitor",
            patience=PLANNER_PATIENCE if name == "planner" else NODE_PATIENCE,
        )
        for name, values in own.items()
    )
