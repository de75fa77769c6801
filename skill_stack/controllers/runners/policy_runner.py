"""PolicyRunner: an ONNX policy as a skill."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, constants, make_tuple
from skill_stack.controllers.joint_arithmetic import aim
from skill_stack.controllers.policies.history_observation import HistoryObservation
from skill_stack.controllers.policies.inplace_observation import InplaceObservation
from skill_stack.controllers.policies.network import Network
from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.controllers.policies.recent_readings import RecentReadings
from skill_stack.controllers.runners.counterbalance import Counterbalance
from skill_stack.controllers.runners.drift_correction import VELOCITIES, DriftCorrection
from skill_stack.controllers.runners.pose_offset import PoseOffset
from skill_stack.controllers.runners.runner import Runner, Targets, inside
from skill_stack.controllers.runners.step_clock import StepClock
from skill_stack.controllers.runners.step_watch import SWAYING, TOPPLES
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_part import CounterbalanceTable, GoalLimits, KeepWay
from skill_stack.core.skills.skill import SkillSpec

Array = np.ndarray
WARM_UP_RUNS = 3  # the first runs allocate
HEIGHT = "height"
"""Goal value of the base's height over the ground, m."""
FAR = 0.06
"""Distance from the way of another skill from which on a robot steps back there, m; who marks time sways by 0.04."""
RISES = 0.15
"""Speed at which a robot rises that steps out of a crouch, m/s: told the whole height at once, its knees were faster
than they may be."""
LANDS = 0.65
"""Phase in which a foot that carries nothing begins to step; its stance takes the first 0.6, so that it swings."""


class PolicyRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`; every :meth:`run` is a run of the network.

    Clipping of goal values does what ``PolicyContract.clip_command`` does for batches; tests hold them together.
    """

    def __init__(
        self,
        spec: SkillSpec,
        robot: RobotSpec,
        network: Network,
        recent: RecentReadings | None = None,
        counterbalance: CounterbalanceTable | None = None,
    ) -> None:
        """Resolves the contract's names, binds inputs and outputs, and runs the network a few times.

        Args:
            spec: The skill.
            robot: The robot.
            network: The loaded network; skills that share a file may share it.
            recent: Past control ticks, for a policy that sees more than the present.
            counterbalance: How legs on planted feet give way; None keeps them in the stance.

        Raises:
            DataError: The contract does not fit the robot or the network, or the first output is not finite.
            UnknownName: The policy observes something that is not known.
        """
        if spec.policy is None:
            raise DataError(f"skill '{spec.name}' is of kind {spec.kind}, not policy")
        contract = self._contract = network.contract
        contract.check_robot(robot)
        self.spec = spec
        self.network = network.sha256
        self.progress = 0.0
        index = robot.indices(contract.joint_names).tolist()
        self.drives = None if len(index) == robot.size else tuple(place in index for place in range(robot.size))
        self._places = np.array(index, np.int64)
        absolute = contract.action_kind == "default_plus_scaled"
        self._rest = robot.pose("default") if absolute else np.zeros(robot.size)
        self._zeros, self._scales = (np.array(values, float) for values in contract.action_map)
        self._centre = self._zeros
        self._gains = _gains(contract, robot, index)
        self._fixed = dict(spec.policy.fixed_goal)
        self._limits = _limits(spec.policy.goal_limits, contract, robot)
        self._narrow: tuple[bool, ...] = ()
        self._velocities: list[int] = []
        self._keeper = self._way_keeper()
        self._bending = PoseOffset(spec.policy.bend, contract.joint_names)
        table = counterbalance
        self._counter = Counterbalance(table, robot, contract.joint_names) if table is not None else None
        self._told: list[float] = []
        self._goals: Mapping[str, float] | None = None
        self._rises: float | None = None
        self._led = False
        self._gait = contract.gait
        self._clock = StepClock(contract.gait, np.setdiff1d(np.arange(robot.size), index))
        self._moves: list[bool] = contract.moves.tolist()
        self._observation = _observation(contract, robot, recent)
        begins = dict(zip(contract.observation_names, np.cumsum((0, *contract.observation_sizes)).tolist()))
        self._motion_at, self._speeds_at = (begins.get(name, 0) for name in ("base_lin_vel", "joint_vel_rel"))
        self._action = np.zeros((1, len(index)), np.float32)
        self._answer = self._observation.last_action = self._action[0]  # until the next run it is the last action
        self._evaluate = network.bind(self._observation.array, self._action)
        self.evaluations = 0
        self.observed = (self._observation.array.reshape(-1),)
        self._warm_up()

    def _warm_up(self) -> None:
        for _ in range(WARM_UP_RUNS):
            self._evaluate()
        if not np.isfinite(self._action).all():
            raise DataError(f"policy of skill '{self.spec.name}' answers zeros with a value that is not finite")

    def _way_keeper(self) -> DriftCorrection | None:
        part, contract = self.spec.policy, self._contract
        if part is None or part.keep_way is None:
            return None
        missing = [name for name in VELOCITIES if name not in contract.command_names]
        if missing:
            raise DataError(f"skill '{self.spec.name}': keep_way needs a policy with the goal value '{missing[0]}'")
        self._velocities = [contract.command_names.index(name) for name in VELOCITIES]
        return DriftCorrection(part.keep_way, [contract.command_ranges[place] for place in self._velocities])

    @property
    def answered(self) -> np.ndarray:
        """Outputs of the network."""
        return self._answer

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts with a fresh clock and no last action, or continues from a skill of this network or of a related one.

        Where that one stepped, this one's clock runs on for its ``stop_delay``: it steps to a halt. Who stands on
        planted feet does so after any walk of the same feet.
        """
        self._goals, self._rises, self._led = None, None, False
        for memory in (self._keeper, self._clock, self._counter):
            if memory is not None:
                memory.forget()
        self._observation.told = False
        for other in inside(before):
            if isinstance(other, PolicyRunner) and self.continues(other):
                self._answer[...] = other._answer
                self._observation.follow(other._observation)
                self._clock.follow(other._clock)
                self._go_on_from(other)
                return
        self._answer[...] = 0.0
        self._observation.start()
        self._clock.start()
        for other in inside(before):
            if isinstance(other, PolicyRunner) and self._halts(other):
                self._clock.follow(other._clock)
        self._bend(np.zeros_like(self._bending.offset))

    def _halts(self, other: PolicyRunner) -> bool:
        """Whether it stands on planted feet and takes over from another network's walk: that ends in step."""
        ours, theirs = self._gait, other._gait
        return self._clock.watched and ours is not None and theirs is not None and ours.feet == theirs.feet

    def continues(self, before: Runner) -> bool:
        """Whether :meth:`start` goes on from the memory of a runner: one was trained to take over from the other."""
        if not isinstance(before, PolicyRunner):
            return False
        ways = (self._contract.predecessor, before.network), (before._contract.predecessor, self.network)
        return before.network == self.network or any(one == other for one, other in ways)

    def _go_on_from(self, other: PolicyRunner) -> None:
        """Takes over the offsets of the pose; without a counterbalance of its own, what that moved goes back slowly."""
        theirs, own = other._counter, self._counter
        offset = other._bending.offset
        if theirs is not None and own is not None:
            own.go_on_from(theirs)
        elif theirs is not None:
            offset = offset + theirs.targets
        self._bend(offset)

    def _bend(self, offset: np.ndarray) -> None:
        """Offsets the pose that the policy works about, rad, in its observation and its targets."""
        self._bending.offset = offset
        counter = self._counter
        self._observation.bend(offset if counter is None else offset + counter.joints)
        self._centre = self._zeros + (offset if counter is None else offset + counter.targets)

    def lead(self, way: KeepWay) -> None:
        """Takes velocities from who asks from now on, although the skill fixes them, and keeps that way.

        It also steps where it stands further than :data:`FAR` from there, until it starts again. What it cannot make up
        for at once is not forgotten: who asks counts on :attr:`away`.
        """
        self._led = True
        self._fixed = {name: value for name, value in self._fixed.items() if name not in VELOCITIES}
        self._velocities = [self._contract.command_names.index(name) for name in VELOCITIES]
        self._keeper = DriftCorrection(way)

    def let_go(self) -> None:
        """Takes velocities no more, and comes to a halt where it is."""
        self._led = False

    @property
    def away(self) -> float:
        """Distance from the way that it keeps, m; 0 where it keeps none."""
        return self._keeper.away if self._keeper is not None else 0.0

    @property
    def rests(self) -> bool:
        """Whether its clock has been silent for so long that the robot stands calmly."""
        return self._clock.rests

    def thrown(self, off: Array, moving: Array) -> bool:
        """Whether a robot on planted feet is so far from where it should be, or so fast, that it has to step.

        Args:
            off: Where it is from where it should be, m, shape (2,).
            moving: How fast it goes from there, m/s, in the same frame.
        """
        limit = SWAYING * self._gait.wake_above if self._gait is not None else 0.0
        return bool(np.linalg.norm(moving + TOPPLES * off) > limit > 0.0)

    def step_from(self, reading: FastEstimate, targets: Targets, height: float, swings: str = "") -> None:
        """Starts stepping, to come to a halt, with the targets of another skill as its own last ones.

        Args:
            reading: Where the robot is.
            targets: Those of the other skill.
            height: Where that has the base, m; from there it rises to its own height, by :data:`RISES`.
            swings: Foot that carries nothing and swings first; empty for none.
        """
        self.start(reading, None)
        self._clock.halt()
        if swings and self._gait is not None and swings in self._gait.feet:
            self._clock.phase = (LANDS - self._gait.offsets[self._gait.feet.index(swings)]) % 1.0
        self._rises = height if HEIGHT in self._fixed else None
        self._answer[...] = (np.asarray(targets.q, float)[self._places] - self._centre) / self._scales

    def rehearse(self, reading: FastEstimate) -> None:
        """Runs the network once; the memory of the last tick is not changed."""
        before = self._answer.copy()
        self._observation.preview(reading)
        self._evaluate()
        self._answer[...] = before

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick; an output that is not finite reaches the targets, where the safety layer detects it."""
        observation = self._observation
        self._hear(goals, reading)
        if self._gait is not None:
            self._run_clock(self._gait, reading, dt)
        if self._counter is not None:
            self._counter.follow(reading, not self._clock.runs, dt)
        if self._bending.go_on(dt) or self._counter is not None:
            self._bend(self._bending.offset)
        if self._rises is not None:
            self._rise(dt)
        if self._keeper is not None and (self._led or self._clock.runs):
            self._keep_way(self._keeper, reading, dt)
        observation.write(reading)
        observation.told = False
        if self._counter is not None:
            self._expect(self._counter)
        self._evaluate()
        self.evaluations += 1
        q = self._rest.copy()
        aim(self._answer, self._centre, self._scales, self._places, q)
        return make_tuple(Targets, (q, *self._gains))

    def _run_clock(self, gait: GaitPhase, reading: FastEstimate, dt: float) -> None:
        """Lets the clock run on for as long as the robot moves or has to step."""
        clock, observation = self._clock, self._observation
        clock.feel(gait, reading, self._led and self.away > FAR, self._counter)
        if not observation.told or clock.watched:  # what was told ahead may be out of date
            observation.told = False
            observation.gait_phase = clock.angles()
        clock.advance(dt)

    def _rise(self, dt: float) -> None:
        """Commands a height, m, that goes from where another skill had the base to the skill's own."""
        assert self._rises is not None
        place = self._contract.command_names.index(HEIGHT)
        low, _ = self._contract.command_ranges[place]
        own = self._fixed[HEIGHT]
        self._told[place] = min(max(self._rises, low), own)
        self._observation.command, self._observation.told = self._told, False
        self._rises = self._rises + RISES * dt if self._rises < own else None

    def _expect(self, counter: Counterbalance) -> None:
        """Takes from what is observed the velocities with which legs give way: they are no deviation."""
        seen = self._observation.array.reshape(-1)
        for begin, speeds in ((self._motion_at, counter.speed), (self._speeds_at, counter.speeds)):
            seen[begin : begin + np.size(speeds)] -= speeds

    def _keep_way(self, keeper: DriftCorrection, reading: FastEstimate, dt: float) -> None:
        """Adds the drift correction to the command, within the trained range."""
        told, ranges = [*self._told], self._contract.command_ranges
        vx, vy, wz = (told[place] for place in self._velocities)
        for place, value in zip(self._velocities, keeper.correct(reading, vx, vy, wz, dt)):
            low, high = ranges[place]
            told[place] = min(max(value, low), high)
        self._observation.command = told
        self._observation.told = False

    def prepare(self) -> None:
        """Writes what is already known of the next observation; call it after the command was sent."""
        if self._gait is not None:
            self._observation.gait_phase = self._clock.angles()
        self._observation.prepare()

    def _hear(self, goals: Mapping[str, float], reading: FastEstimate) -> None:
        """Takes goal values that are new, or that others limit now."""
        narrow = tuple([one.applies(reading) for one in self._limits])
        if narrow != self._narrow or (goals is not self._goals and goals != self._goals):
            self._narrow = narrow
            self._take_goals(goals)
        self._goals = goals

    def _take_goals(self, goals: Mapping[str, float]) -> None:
        """Clips goal values to the ranges for the posture, and to zero where it stands; fixed ones take precedence."""
        contract = self._contract
        self._observation.told = False
        command = {}
        for name, (low, high) in zip(contract.command_names, contract.command_ranges):
            for limits in itertools.compress(self._limits, self._narrow):
                at_least, at_most = limits.goals.get(name, (low, high))
                low, high = max(low, at_least), min(high, at_most)
            command[name] = min(max(self._fixed.get(name, goals.get(name, 0.0)), low), high)
        values, gait = list(command.values()), contract.gait
        if gait is not None:
            self._clock.take(gait, math.hypot(*itertools.compress(values, self._moves)), command)
            if not self._clock.moving:
                values = [0.0 if moves else value for value, moves in zip(values, self._moves)]
        self._observation.command = self._told = values
        self._bending.take(goals)


@dataclass(frozen=True, slots=True)
class _Limits:
    """Ranges of goal values, and of the joints, by their place, for which they are."""

    joints: tuple[tuple[int, float, float], ...]
    goals: Mapping[str, tuple[float, float]]

    def applies(self, reading: FastEstimate) -> bool:
        """Whether the joints are where these limits are for."""
        return all(low <= reading.position[place] <= high for place, low, high in self.joints)


def _gains(
    contract: PolicyContract, robot: RobotSpec, driven: list[int]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Stiffness and damping of all joints, N·m/rad and N·m·s/rad: the policy's where it drives, else the robot's."""
    kp, kd = robot.column("kp"), robot.column("kd")
    kp[driven], kd[driven] = contract.joint_stiffness, contract.joint_damping
    return constants(kp.tolist()), constants(kd.tolist())


def _limits(given: Sequence[GoalLimits], contract: PolicyContract, robot: RobotSpec) -> list[_Limits]:
    """Resolves names; raises UnknownName for a goal value that the policy has not, or for no joint."""
    for name in (name for one in given for name in one.goals):
        if name not in contract.command_names:
            raise UnknownName("goal value of the policy", name, contract.command_names)
    places = [robot.indices(list(one.joints)).tolist() for one in given]
    return [_Limits(tuple((i, *span) for i, span in zip(at, one.joints.values())), one.goals)
            for at, one in zip(places, given)]  # fmt: skip


def _observation(
    contract: PolicyContract, robot: RobotSpec, recent: RecentReadings | None
) -> InplaceObservation | HistoryObservation:
    """What a policy sees: the present, or past control ticks too."""
    if contract.history is None:
        return InplaceObservation(contract, robot)
    return HistoryObservation(contract, robot, recent or RecentReadings())
