"""A kinematic stand-in of the controller: a body with lag and a dead zone that follows the skills it is told to run."""

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.connector import Connector
from skill_stack.connector.cycle import Cycle
from skill_stack.connector.paths.localization import Localization
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_goals import with_reward_goals
from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillSetpoint, SkillStatus, StepOutcome
from skill_stack.core.skills.skill import SkillSpec, load_skill
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import load_scene, set_up

ROOT = Path(__file__).resolve().parents[2]
PERIOD = 0.02
DATA_SKILLS = ("rise", "sit", "go_to", "face", "turn", "move", "wait", "pass", "circle", "walk_for", "go_between")
DATA_SKILLS += ("move_and_turn", "spin", "follow_path", "look_for")
LAG = 0.2  # s
DEAD_ZONE = 0.08
ORIGIN = Pose2(0.0, 0.0, 0.0)


def velocity_skill(name: str, goals: bool, success: list[str]) -> SkillSpec:
    """A walking policy as data, without its network."""
    ranges = {"vx": (-0.5, 1.0, "m/s"), "vy": (-0.4, 0.4, "m/s"), "wz": (-1.0, 1.0, "rad/s")}
    parameters = [
        {"name": g, "description": g, "lower": low, "upper": high, "unit": unit, "default": 0.0}
        for g, (low, high, unit) in ranges.items()
    ]
    return SkillSpec.model_validate(
        {
            "name": name,
            "robot": "go2",
            "kind": "policy",
            "description": name,
            "goal": parameters if goals else [],
            "effects": ["not posture(robot, *)", "posture(robot, standing)"],
            "success": success,
            "phases": [{"name": "free", "stance": "stand"}],
            "enter_through": "rise",
            "envelope": {"tilt": 1.0, "angular_speed": 6.0},
            "timeout": 20.0,
            "provenance": {"recipe": "none"},
            "policy": {"model": "policy.onnx", "sha256": "0" * 64},
        }
    )


def told_skill() -> SkillSpec:
    """A skill whose arguments are reward terms."""
    success = load_skill(ROOT / "models" / "go2" / "move_as_told").success
    plain = velocity_skill("told", False, list(success)).model_dump(exclude_none=True)
    plain |= {"kind": "sampled", "sampled": {}, "effects": []}
    del plain["policy"]
    return with_reward_goals(SkillSpec.model_validate(plain), load_robot(ROOT / "urdf" / "go2"))


def go2_library() -> SkillLibrary:
    """The robot's own skills, with policies as data."""
    specs = [load_skill(ROOT / "models" / "go2" / name) for name in DATA_SKILLS]
    stand = velocity_skill("stand", False, ["speed <= 0.15 m/s for 0.4 s", "tilt <= 0.3 rad for 0.4 s"])
    return SkillLibrary.from_specs("go2", [*specs, stand, velocity_skill("walk", True, []), told_skill()])


@dataclass
class FakeController:
    """Follows setpoints as the controller's rules say, with a point for a body."""

    library: SkillLibrary
    pose: Pose2 = Pose2(0.0, 0.0, 0.0)
    mode: ControlMode = ControlMode.DISARMED
    skill: str = ""
    progress: float = 0.0
    reason: str = ""
    time: float = 0.0
    stops: int = 0
    base: BaseKnowledge = BaseKnowledge("legs")
    tilt: float = 0.05
    stuck: bool = False
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(3))
    setpoint: SkillSetpoint | None = None
    lag: float = LAG
    gain: float = 1.0
    dead_zone: float = DEAD_ZONE
    drift: float = 0.0
    sequence: int = 0

    def stop(self) -> None:
        """What the stop flag does."""
        self.stops += 1
        if self.mode is ControlMode.ACTIVE:
            self._to_stance("stop")

    def damp(self, reason: str, mode: ControlMode = ControlMode.DAMPED) -> None:
        """What safety does."""
        self.stops += mode is ControlMode.ESTOP
        self.mode, self.reason, self.skill = mode, reason, ""

    def tick(self, setpoint: SkillSetpoint | None) -> SkillStatus:
        """One control period with the newest setpoint."""
        self.time += PERIOD
        self.sequence += 1
        if setpoint is not None and setpoint.stop_count >= self.stops:
            self.setpoint = setpoint
        fresh = self.setpoint is not None and self.setpoint.stop_count >= self.stops
        fresh = fresh and self.time <= self.setpoint.valid_until and bool(self.setpoint.skills)
        if self.mode is not ControlMode.ESTOP and fresh and self.mode is not ControlMode.DAMPED:
            self._run(self.setpoint.skills[0].skill)
            self.mode, self.reason = ControlMode.ACTIVE, ""
        elif self.mode is ControlMode.ACTIVE:
            self._to_stance("no setpoint")
        self._move()
        return self.status()

    def _to_stance(self, reason: str) -> None:
        self.mode, self.reason = ControlMode.STANCE, reason
        self._run(self.library[self.skill].phase_at(self.progress).stance)

    def _run(self, skill: str) -> None:
        if skill != self.skill:
            self.skill, self.progress = skill, 0.0

    def _move(self) -> None:
        wanted = np.zeros(3)
        if self.mode in (ControlMode.ACTIVE, ControlMode.STANCE) and self.library[self.skill].posture:
            length = sum(frame.duration for frame in self.library[self.skill].posture.keyframes)
            self.progress = min(1.0, self.progress + PERIOD / length)
        if self.mode is ControlMode.ACTIVE and self.skill == "walk" and not self.stuck:
            goals = [self.setpoint.goals.get(name, 0.0) for name in ("vx", "vy", "wz")]
            assert -0.5 <= goals[0] <= 1.0 and abs(goals[1]) <= 0.4 and abs(goals[2]) <= 1.0
            moves = np.linalg.norm(goals) > self.dead_zone
            wanted = self.gain * np.array(goals) + (0.0, self.drift, self.drift) if moves else wanted
        self.velocity += (wanted - self.velocity) * PERIOD / self.lag
        vx, vy, wz = self.velocity * PERIOD
        self.pose = self.pose.compose(Pose2(float(vx), float(vy), float(wz)))

    def status(self) -> SkillStatus:
        """What the controller reports."""
        spec = self.library[self.skill] if self.skill else None
        return SkillStatus(
            task_time=self.time,
            part="body",
            skill=self.skill,
            phase=spec.phase_at(self.progress).name if spec else "",
            mode=self.mode,
            reason=self.reason,
            progress=self.progress if spec is not None and (spec.posture or spec.sampled) else 0.0,
            request_id=self.setpoint.request_id if self.setpoint else "",
            setpoint_sequence=self.setpoint.sequence if self.setpoint else 0,
            sample_sequence=self.sequence,
            base_position=np.array([self.pose.x, self.pose.y, 0.3]),
            orientation=from_yaw(self.pose.yaw),
            base_velocity=np.array([self.velocity[0], self.velocity[1], 0.0]),
            yaw_rate=float(self.velocity[2]),
            tilt=self.tilt,
            stop_count=self.stops,
            base=self.base,
        )


class World:
    """Connector and stand-in in lock-step."""

    def __init__(self, scene: SceneGraph, settings: ConnectorSettings, odom: Pose2 | None, pose: Pose2) -> None:
        self.robot: RobotSpec = load_robot(ROOT / "urdf" / "go2")
        self.library = go2_library()
        self.scene = scene
        self.controller = FakeController(self.library, pose)
        localization = Localization(odom, "test") if odom is not None else None
        self.connector = Connector(self.robot, self.library, settings, localization)
        self.status = self.controller.status()
        self.cycle: Cycle | None = None
        self.outcomes: list[StepOutcome] = []
        self.skills: list[str] = []
        self.sources: list[str] = []
        self.track: list[Pose2] = []

    @property
    def now(self) -> float:
        return self.controller.time

    @property
    def map_pose(self) -> Pose2:
        """Where the robot really is in the map."""
        return self.connector.locate(self.status)

    def start(self, request_id: str, skill: str, deadline: float = 0.0, **arguments: object) -> None:
        self.connector.start(SkillRequest(request_id, skill, arguments, deadline), self.scene, self.now)

    def step(self) -> None:
        """One update of the connector (50 ms), then the controller's ticks."""
        self.cycle = self.connector.update(self.status, self.scene)
        self.outcomes.extend(self.cycle.outcomes)
        setpoint = self.cycle.setpoint
        if setpoint is not None:
            assert all(math.isfinite(value) for value in setpoint.goals.values())
            self.sources.append(setpoint.source)
        for tick in range(3 if round(self.now / PERIOD) % 5 < 3 else 2):
            self.status = self.controller.tick(setpoint if tick == 0 else None)
        if (pose := self.map_pose) is not None:
            self.track.append(pose)
        if not self.skills or self.skills[-1] != self.status.skill:
            self.skills.append(self.status.skill)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.step()

    def finish(self, seconds: float = 90.0) -> StepOutcome:
        """Runs until the next outcome."""
        end, before = self.now + seconds, len(self.outcomes)
        while len(self.outcomes) == before and self.now < end:
            self.step()
        assert len(self.outcomes) > before, "no outcome"
        return self.outcomes[-1]


def make_world(
    objects: list[SceneObject] | None = None, pose: Pose2 = ORIGIN, odom: Pose2 | None = None, **settings: object
) -> World:
    """A world of given objects; None for the playground."""
    if objects is None:
        graph = set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 0).graph()
    else:
        graph = SceneGraph({thing.id: thing for thing in objects})
    return World(graph, ConnectorSettings(**settings), odom, pose)


def ball(name: str, x: float, y: float, diameter: float = 0.24) -> SceneObject:
    """A ball on the floor."""
    return SceneObject(name, "ball", (x, y, diameter / 2), 0.0, "sphere", (diameter, diameter, diameter))


def box(name: str, x: float, y: float, length: float, width: float, yaw: float = 0.0) -> SceneObject:
    """A box on the floor."""
    return SceneObject(name, "box", (x, y, 0.2), yaw, "box", (length, width, 0.4))


def place(name: str, x: float, y: float) -> SceneObject:
    """A place."""
    return SceneObject(name, "place", (x, y, 0.0), 0.0, "point")


@pytest.fixture(scope="session")
def worlds():
    """Maker of worlds."""
    return make_world


@pytest.fixture(scope="session")
def things():
    """Makers of objects by shape."""
    return {"ball": ball, "box": box, "place": place}


@pytest.fixture(scope="session")
def resources() -> Resources:
    """The checkout's own data."""
    return Resources((ROOT,), ROOT / "nowhere")
