"""Deployment: which robot runs where, read from ``config/deployments/<name>.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from skill_stack.core.data_file import DataModel, load_model, parse_model
from skill_stack.core.quantity import Rate
from skill_stack.core.robots.hardware_realism import HardwareRealism
from skill_stack.core.skills.builtin import Control


class MonitorConfig(DataModel):
    """The web monitor.

    Attributes:
        enabled: Whether it runs.
        host: Address to listen on; loopback unless the deployment states another.
        port: TCP port; when it is in use, the monitor reports that and uses the next free one.
        names: Host names and addresses under which browsers on other machines reach it; requests under any other name
            are refused.
        recogniser: What makes words of what people say into a browser, see ``docs/voice.md``; empty: nothing does.
        recogniser_model: Folder of its model, for those that need one.
        wake: Phrase that begins a sentence where a person lets the page wait for it; empty: no page waits.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    names: tuple[str, ...] = ()
    recogniser: str = "pocketsphinx"
    recogniser_model: str = ""
    wake: str = "hello robot"


class PlannerConfig(DataModel):
    """The planner.

    Attributes:
        models: Endpoints of language models in the order in which they are queried, see ``docs/models.md``; none: no
            model is ever queried. API keys are in environment variables, which an endpoint names, never here.
        settings: When models are queried, and how much time that may take.
        rehearse: Which plans are tried in simulation before they run, see ``docs/rehearsal.md``: ``doubtful`` ones
            (hazardous, or with a lower bound of success below 80 %), ``always``, or ``never``.
        rehearse_seconds: Longest time of a rehearsal, s.
        ask_inferred: Whether an inferred plan, as from another verb or a remark, needs a confirmation before it runs,
            see ``docs/dialogue.md``; a *nearest* or *disputed* one always does.
    """

    models: tuple[dict[str, Any], ...] = ()
    settings: dict[str, Any] = {}
    rehearse: Literal["never", "doubtful", "always"] = "doubtful"
    rehearse_seconds: float = Field(3.0, gt=0, le=60)
    ask_inferred: bool = True

    @field_validator("rehearse", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> object:
        """YAML's yes and no."""
        return {True: "always", False: "never"}.get(value, value) if isinstance(value, bool) else value


class PartDriver(DataModel):
    """Driver of one part of a robot, where it differs from the whole robot's.

    Attributes:
        driver: Hardware driver of the part, by the name that the part's robot gives it; None takes the robot's own.
        driver_settings: Settings of that driver for this deployment; the driver checks them.
    """

    driver: str | None = None
    driver_settings: dict[str, Any] = {}


class NetworkConfig(DataModel):
    """A network that detects, segments, names or points out objects in pictures; its own file states which.

    Attributes:
        file: Path of the ONNX file; of one in two files its decoder.
        sha256: What its hash must be; empty: any.
        encoder: Path of the other file where a network comes in two (Segment Anything).
        encoder_sha256: What its hash must be; empty: any.
        names: Names of its classes where the file has none.
        words: What it is to look for; needed by networks that take words.
        sure: Confidence from which an answer counts; None: what its family takes.
    """

    file: str = Field(min_length=1)
    sha256: str = Field("", pattern=r"^([0-9a-fA-F]{64})?$")
    encoder: str = ""
    encoder_sha256: str = Field("", pattern=r"^([0-9a-fA-F]{64})?$")
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sure: float | None = Field(None, gt=0, lt=1)


class PerceptionConfig(DataModel):
    """Perception of a deployment: camera, networks, settings.

    Attributes:
        camera: Camera of the robot whose frames perception uses, by name; empty: no perception, the map is stated.
        source: Source of its frames: ``simulator`` (drawn), ``realsense`` (over USB), or ``ros`` (topics of
            another driver).
        map_known: Whether the things of the scene file are stated too; else it states places alone, and things count
            once they have been seen.
        balls: Colour camera of the robot, by name, by which balls that roll are followed where the scene states any;
            empty: none, the map says where they were. In simulation it cannot be drawn beside ``camera``.
        tracks: Whether the camera does nothing but follow the object in the hand (``sensors.tracker``) by its markers,
            which the scene states.
        things: Whether perceived things are published; else the camera gives only the occupied floor.
        width: Columns of drawn pictures; 0 for the camera's own.
        networks: Networks that detect, segment, classify and point out things.
        remember: Whether the perceived scene is kept over a restart; None: unless the camera is rendered, since a
            simulated world restarts.
    """

    camera: str = ""
    source: Literal["simulator", "realsense", "ros"] = "simulator"
    map_known: bool = False
    balls: str = ""
    tracks: bool = False
    things: bool = True
    width: int = Field(0, ge=0, le=4096)
    networks: tuple[NetworkConfig, ...] = ()
    remember: bool | None = None

    @property
    def remembers(self) -> bool:
        """Whether the perceived scene is restored after a restart."""
        return self.source != "simulator" if self.remember is None else self.remember


class SecurityConfig(DataModel):
    """Encryption and access control of ROS by SROS2, see ``docs/ros.md``.

    Attributes:
        keystore: Folder that ``skill-stack security keystore`` made; ``~`` is the home.
        strategy: ``Enforce``: a process without keys does not start. ``Permissive``: it starts unprotected.
    """

    keystore: str = Field(min_length=1)
    strategy: Literal["Enforce", "Permissive"] = "Enforce"


class RecordingConfig(DataModel):
    """Recordings of runs, see ``docs/recordings.md``.

    Attributes:
        enabled: Whether every run is recorded.
        size_gb: Room for all recordings together, GB; the oldest go first, except those that a person keeps.
        days: Age after which a recording goes, days; 0 for any age.
        keep_free_gb: What is left free on the disk, GB; below it nothing is recorded.
        cameras: Whether pictures are recorded.
        picture_rate: Most pictures of a camera per second.
    """

    enabled: bool = True
    size_gb: float = Field(20.0, gt=0)
    days: float = Field(30.0, ge=0)
    keep_free_gb: float = Field(5.0, ge=0)
    cameras: bool = True
    picture_rate: float = Field(10.0, gt=0)


class Companion(DataModel):
    """Another robot in the same simulated world.

    Attributes:
        robot: Robot name.
        namespace: Namespace of the deployment that drives it.
        start: Where it begins: x, y in m, yaw in rad, in ``map``.
    """

    robot: str
    namespace: str
    start: tuple[float, float, float]


PLACES = ("interface", "port", "channel")
"""Names of settings by which a driver reaches the robot: network interface, serial port, CAN interface."""


class Deployment(DataModel):
    """One robot with its driver, scene and settings.

    Attributes:
        name: Name of the deployment.
        description: One sentence.
        robot: Robot name.
        driver: Hardware driver of the robot, by name.
        driver_settings: Settings of the driver for this deployment, e.g. the network interface; the driver checks them.
        parts: How parts other than the main one are reached, by name of the part, e.g. a hand on its own bus.
        control: Which controller moves the joints: ``joints``, the stack's own skills; ``vendor``, the controller built
            into the robot, commanded by the stack. The driver must support it.
        namespace: ROS namespace, without slashes at the ends; empty for none.
        scene: Scene that the simulator builds and the map states.
        start: Where a simulated robot begins: x, y in m, yaw in rad, in ``map``; None for the scene's start.
        beside: Other robots in the world of its simulator, each driven by a deployment of its own.
        simulated_elsewhere: Whether the simulator of another deployment has it beside its own robot.
        harsh: Faults and delays of motors and bus of a simulated robot; None for those of the scene.
        seed: Seed of the scene and of the sensors' noise; 0 leaves the scene as its file states it.
        pace: ``real_time``, or ``lock_step`` (simulated time runs as fast as all parts allow).
        control_rate: Rate of the control loop, Hz; None for the robot's own. Policies run at their own rate, of which
            it must be a multiple.
        provider: Where networks are evaluated: ``auto`` (the fastest that agrees with the CPU), or the one to force.
        rearm: Who re-arms after the supervisor damped the robot: ``person``, or ``auto`` in simulation.
        safety: Limits of guards that differ from the robot's, by name (``SafetyLimits``), SI; tighter ones only.
        unsafe: Whether ``safety`` may loosen limits too.
        publish_clock: Whether the controller front end publishes ``/clock``; one robot per network at most.
        viewer: Whether MuJoCo's own window opens.
        demo: Default request to this robot in a demonstration.
        monitor: The web monitor.
        planner: The planner, with language models where there are any.
        perception: Cameras; without one the scene is what its file states.
        recording: Recordings of its runs.
        parameters: ROS parameters by node name.
        interfaces: Network interfaces that the ROS of a process uses besides loopback, by name of the process:
            ``bridge`` for a robot's own bus, ``nodes`` for every node that is not named. None of it: this machine only.
        security: Keys and permissions of its ROS processes; None: messages are neither encrypted nor restricted.
    """

    name: str
    description: str = ""
    robot: str
    driver: str = "mujoco"
    driver_settings: dict[str, Any] = {}
    parts: dict[str, PartDriver] = {}
    control: Control = "joints"
    namespace: str = Field("", pattern=r"^([A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*)?$")
    scene: str = "playground"
    start: tuple[float, float, float] | None = None
    beside: tuple[Companion, ...] = ()
    simulated_elsewhere: bool = False
    harsh: HardwareRealism | None = None
    seed: int = Field(0, ge=0)
    pace: Literal["real_time", "lock_step"] = "real_time"
    control_rate: Rate | None = None
    provider: Literal["auto", "cpu", "cuda", "tensorrt"] = "auto"
    rearm: Literal["person", "auto"] = "person"
    safety: dict[str, float] = {}
    unsafe: bool = False
    publish_clock: bool = False
    viewer: bool = False
    demo: str = ""
    monitor: MonitorConfig = MonitorConfig()
    planner: PlannerConfig = PlannerConfig()
    perception: PerceptionConfig = PerceptionConfig()
    recording: RecordingConfig = RecordingConfig()
    parameters: dict[str, dict[str, Any]] = {}
    interfaces: dict[str, tuple[str, ...]] = {}
    security: SecurityConfig | None = None


def load_deployment(path: Path, *, interface: str | None = None, **changes: Any) -> Deployment:
    """Reads a deployment file and applies changes on top.

    Args:
        path: The file.
        interface: Where a real robot is reached (network interface, serial port or CAN interface), which sets the
            matching entry of ``driver_settings`` (:data:`PLACES`), or that of a bridge; None leaves both.
        changes: Fields to replace; None leaves the file's value.

    Raises:
        DataError: The file is missing or wrong, or a change is.
    """
    base = load_model(Deployment, path)
    wanted = {name: value for name, value in changes.items() if value is not None}
    if interface and "bridge" in base.interfaces:
        wanted["interfaces"] = {**base.interfaces, "bridge": (interface,)}
    elif interface:
        place = next((name for name in PLACES if name in base.driver_settings), PLACES[0])
        wanted["driver_settings"] = {**base.driver_settings, place: interface}
    origin = f"{path} with {', '.join(wanted)} changed" if wanted else str(path)
    return parse_model(Deployment, {**base.model_dump(), **wanted}, origin)
