"""LearntMixer: blends primitives of legs, waist and arms per group of joints, as a small network says.

Legs are blended by the controller, between the skills of the shares; waist and arms here, between rest, a lean and a
reach by inverse kinematics, as all end in targets of one servo. A file can hold two other methods, for comparison:
``switched``, where one primitive at a time has all joints, and ``scratch``, where the network gives joint targets.
"""

from __future__ import annotations

import numpy as np

from skill_stack.connector.guides.guide import GuidedBody
from skill_stack.connector.kinematics.reach_map import WAIST
from skill_stack.connector.mix import Mix, Numbers
from skill_stack.connector.reaching.hands import into_pelvis
from skill_stack.connector.whole_body.decisions import (
    CYCLE,
    SCRATCH,
    SHARPNESS,
    STEP,
    Decisions,
    approach,
    by_joints,
    weights_of,
)
from skill_stack.connector.whole_body.task_guide import SWAP
from skill_stack.connector.whole_body.upper_body import OTHER, UpperBody
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillWeight
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary

Array = np.ndarray

LOW, RANGE = 0.71, 0.06
"""Height of the squatting primitive at an action of 0, and what one of 1 adds, m."""
AIMS = 0.15
"""By how much an action of 1 moves the point of the reach, m."""
SWAYS = 0.09
"""Share of a new attitude in the average, each cycle: of 0.6 s."""
LEANS, SHORT = 0.2, 0.02
"""By how much further the trunk leans each time for every metre that the arm is short of, rad, and by how much it may
be short, m."""
LEAN = 0.5
"""How far the waist leans at a share of 1, rad."""
NEAR, GAIN, FURTHEST = 0.2, 0.1, 0.12
"""Gap below which the reaching primitive corrects itself, the share of it that it corrects each time, and the largest
correction, m."""
ARRIVED = 0.03
"""How far targets may be from where they go to for the reach to be corrected over planted feet, rad."""
WALKS, SIDEWAYS, TURNS = 0.4, 0.2, 0.4
"""What an action of 1 adds to the velocities of a walk, m/s and rad/s."""
EVERY = 2
"""Cycles of the connector from one computation of waist and arms to the next: 0.1 s."""
WAIST_SPEED, ARM_SPEED, GENTLE_SPEED = 0.4, 1.5, 0.5
"""Largest speed of waist and arms, rad/s; and of arms over planted feet."""
SPEEDS_UP, SLOWS_DOWN = 0.1, 0.25
"""By how much of it they speed up each cycle, and share of the way that is left that they may move in a cycle."""
HALT = 0.8
"""Time for which the standing primitive has the legs until waist and arms keep still, s, and do so until the feet are
planted: legs step for as long as arms move, and arms that make up for those steps would move for ever."""
STIFFNESS = 1.6
"""Of the servo that has waist and arms, a factor on the robot's gains."""


class LearntMixer:
    """See :class:`skill_stack.connector.mixer.Mixer`; the numbers come from the guide ``whole_body``."""

    def __init__(self, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec) -> None:
        """Reads the network beside the skill, unless a learner acts.

        Raises:
            DataError: The file is missing or wrong, or its actions do not fit the skill.
        """
        part = spec.blended
        assert part is not None, "a mixer is of a blended skill"
        self._robot = robot
        self._shares = tuple(share for share in part.shares if not share.takes)
        self._taking = tuple(share for share in part.shares if share.takes)
        self._ranges = {one.name: (one.lower, one.upper) for share in part.shares for one in library[share.skill].goal}
        self._body = UpperBody(robot, STIFFNESS, part.rest)
        usual = dict(zip(robot.joint_names, robot.pose("default").tolist()))
        self._begin = {name: usual[name] for name in self._body.rest}
        self._decisions = Decisions(spec, library, robot, names_of)
        self._upper: dict[str, float] = {}
        self._further = np.zeros(3)
        self._attitude: Array | None = None
        self._stood = self._leans = self._pace = 0.0
        self._wanted: dict[str, float] = {}

    def mix(self, goals: Numbers, signals: Numbers) -> Mix:
        """See :class:`skill_stack.connector.mixer.Mixer`."""
        self._average(goals)
        goals = self._decisions.made(goals)
        if self._decisions.method == SCRATCH:
            return by_joints(self._robot, self._decisions.actions, self._shares[-1])
        return self._blended(goals) if self._decisions.method == "blended" else self._switched(goals)

    def _blended(self, goals: dict[str, float]) -> Mix:
        """Legs, waist and either arm, each by weights of its own."""
        legs, (waist, arm, other, *takes) = self._split(3 + len(self._taking))
        shares = _share(np.array([waist, arm, other - 1.0]))
        return self._mix(goals, weights_of(legs).tolist(), shares.tolist(), any(one > 0.0 for one in takes))

    def _switched(self, goals: dict[str, float]) -> Mix:
        """One of the legs' primitives with arms at rest, or standing and reaching, or standing and taking."""
        legs, others = self._split(1 + len(self._taking))
        choice = int(np.argmax(np.append(legs, others)))
        reaching = choice == PRIMITIVES
        weights = np.eye(PRIMITIVES)[choice if choice < PRIMITIVES else STANDS]
        shares = [1.0, 1.0, 0.0] if reaching else [0.0, 0.0, 0.0]
        return self._mix(goals, weights.tolist(), shares, choice > PRIMITIVES)

    def _split(self, more: int) -> tuple[Array, Array]:
        """Actions for the weights of the legs, and further ones for weights; the first are goal values."""
        actions = self._decisions.actions
        return actions[GOALS : GOALS + PRIMITIVES], actions[-more:]

    def _mix(self, goals: dict[str, float], legs: list[float], shares: list[float], takes: bool) -> Mix:
        """The mix of weights of the legs, shares of the reach in waist, working and other arm, and whether it takes."""
        servo = self._shares[-1]
        walks, stands, squats = legs
        self._decisions.walks = walks >= 0.5
        weights = zip(self._shares[:-1], (walks + stands, squats), strict=True)
        skills = [SkillWeight(one.skill, weight, one.joints) for one, weight in weights if weight > 0.0]
        skills += [SkillWeight(one.skill, 1.0, one.joints) for one in (servo, *self._taking[: int(takes)])]
        if self._decisions.cycle % EVERY == 0 or not self._upper:
            self._stood = self._stood + EVERY * CYCLE if stands >= 0.5 else 0.0
            if self._stood < HALT or goals["calm"] > 0.0 or not self._upper:
                self._wanted = self._reached(goals, shares)
        self._upper = self._followed(self._wanted, goals["calm"] > 0.0)
        return Mix(tuple(skills), {**self._walk(goals, walks >= stands), **self._upper})

    def _walk(self, goals: dict[str, float], walks: bool) -> dict[str, float]:
        """Goal values of the legs: an approach to the target, changed by the actions; none where they stand."""
        sign, ahead, aside, turn, low = 1.0 - 2.0 * goals.get("mirrored", 0.0), *self._decisions.actions[:4]
        speed, turning = approach(goals, WALKS * ahead, TURNS * turn)
        told = {"vx": speed, "vy": sign * SIDEWAYS * aside, "wz": sign * turning, "height": LOW + RANGE * low}
        told = {name: float(np.clip(value, *self._ranges[name])) for name, value in told.items()}
        return told if walks else {**told, "vx": 0.0, "vy": 0.0, "wz": 0.0}

    def _average(self, goals: Numbers) -> None:
        """Averages the attitude over steps."""
        new = np.array([goals.get(name, 0.0) for name in ("roll", "pitch", "height")])
        self._attitude = new if self._attitude is None else self._attitude + SWAYS * (new - self._attitude)

    def _followed(self, wanted: dict[str, float], calm: bool) -> dict[str, float]:
        """Targets on their way to others, which all arrive together: fast or sudden arms throw planted feet."""
        arms = GENTLE_SPEED if calm else ARM_SPEED
        now = self._upper or self._begin
        ways = {name: to - now[name] for name, to in wanted.items()}
        most = {name: CYCLE * (WAIST_SPEED if name.startswith(WAIST) else arms) for name in ways}
        cycles = max(abs(way) / most[name] for name, way in ways.items())
        self._pace = min(1.0, self._pace + SPEEDS_UP, SLOWS_DOWN * cycles)
        return {name: now[name] + way * self._pace / max(cycles, 1e-6) for name, way in ways.items()}

    def _reached(self, goals: dict[str, float], shares: list[float]) -> dict[str, float]:
        """Targets of waist and arms."""
        side, sign = ("left", SWAP) if goals.get("mirrored", 0.0) > 0.0 else ("right", 1.0)
        assert self._attitude is not None, "it is averaged before"
        roll, pitch, height = self._attitude.tolist()
        body = GuidedBody(sign * roll, pitch, height)
        mirror = np.array([1.0, sign, 1.0])
        shift = AIMS * self._decisions.actions[4:GOALS] * mirror
        waist, arm, other = shares
        off = mirror * [goals["tip_ahead"], goals["tip_aside"], goals["tip_up"]] + shift
        arrived = all(abs(to - self._upper.get(name, to)) < ARRIVED for name, to in self._wanted.items())
        tells = arrived or goals["calm"] <= 0.0  # over planted feet, an arm that is on its way tells nothing
        if tells and arm >= 0.5 and float(np.linalg.norm(off)) < NEAR:  # as 'touch', it goes on by what is left
            self._further = np.clip(self._further + GAIN * off, -FURTHEST, FURTHEST)
        level = np.array([goals["ahead"], sign * goals["aside"], goals["up"] - body.height]) + shift + self._further
        if goals["calm"] > 0.0 and arm >= 0.5:  # planted feet bear a trunk that leans by what the arm is short of
            self._leans = float(np.clip(self._leans + LEANS * (self._body.short - SHORT), 0.0, LEAN))
        told = self._upper or self._body.rest
        lean = self._body.leaning(max(LEAN * waist, self._leans))
        moved = lean | self._body.reach(side, into_pelvis(level, body), lean, told)
        out = self._body.mixed({WAIST: 1.0, f"{side}_arm": arm}, moved)
        if other > 0.0:
            moved |= self._body.reach(OTHER[side], into_pelvis(level * (1.0, -1.0, 1.0), body), lean, told)
            out = self._body.mixed({WAIST: 1.0, f"{side}_arm": arm, f"{OTHER[side]}_arm": other}, moved)
        return out


PRIMITIVES, STANDS = 3, 1
"""Primitives of the legs: walking, standing and squatting; and the place of standing. Who stands is told by the skill
that walks to halt, so that the network that steps goes on until the feet are planted."""
GOALS = 7
"""Actions that change goal values: three velocities, the height of a squat, and the point of the reach."""
ACTIONS = ("ahead", "aside", "turn", "low", "aim_ahead", "aim_aside", "aim_up", "walk", "stand", "squat", "lean",
           "reach", "reach_with_both", "take")  # fmt: skip
"""Names of the actions of a blend, in their order; the last one where something can be taken."""


def names_of(method: str, spec: SkillSpec, library: SkillLibrary, robot: RobotSpec) -> tuple[str, ...]:
    """Names of the actions of a method, in their order.

    Args:
        method: One of :data:`skill_stack.connector.whole_body.decisions.PERIOD`.
        spec: The blended skill.
        library: Skills of the robot.
        robot: The robot.
    """
    if method == SCRATCH:
        return robot.joint_names
    assert spec.blended is not None, "it is a blended skill"
    takes = ACTIONS[-1:] * any(share.takes for share in spec.blended.shares)
    shares = ACTIONS[GOALS + PRIMITIVES : -1] if method == "blended" else ("reach",)
    return ACTIONS[: GOALS + PRIMITIVES] + shares + takes


def _share(actions: Array) -> Array:
    """Shares of the reach, 0 to 1."""
    shares = 1.0 / (1.0 + np.exp(-SHARPNESS * actions))
    return np.asarray(np.where(shares < STEP, 0.0, np.round(shares / STEP) * STEP))
