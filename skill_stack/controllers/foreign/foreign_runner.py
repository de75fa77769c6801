"""ForeignRunner: a policy of another project as a skill, by its manifest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, make_tuple
from skill_stack.controllers.foreign.foreign_action import ForeignAction
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.handled_object import HandledObject
from skill_stack.controllers.foreign.memory import PolicyMemory, read_start
from skill_stack.controllers.foreign.moment import Moment, at_rest
from skill_stack.controllers.foreign.motion_file import load_motion
from skill_stack.controllers.foreign.tracked_motion import TrackedMotion
from skill_stack.controllers.runners.runner import Runner, Targets, inside
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import FASTEST
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec

Array = np.ndarray
WARM_UP_RUNS = 3  # the first runs allocate
ASIDE = 0.15
"""How much farther from the base than the other ankle that of a foot is that carries nothing, m; in a lean 0.12."""
SLACK = 1e-6  # s: sums of periods are never exact


class ForeignRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`; every :meth:`run` is a run of the network."""

    def __init__(self, spec: SkillSpec, robot: RobotSpec, network: ForeignNetwork) -> None:
        """Resolves names, binds inputs and outputs, and runs the network a few times.

        Args:
            spec: The skill.
            robot: The robot.
            network: The loaded network; skills that share a file may share it.

        Raises:
            DataError: The manifest does not fit the robot or the network, or the first output is not finite.
            UnknownName: A joint, term or command is not known.
        """
        manifest = self._manifest = network.manifest
        check_robot(manifest, robot)
        check_needs(manifest, robot)
        self._object = HandledObject(manifest) if manifest.object is not None else None
        self.spec, self.network, self.progress = spec, network.sha256, 0.0
        self._action = ForeignAction(manifest, robot)
        places = self._action.places
        driven = set(places.tolist())
        self.drives = None if len(driven) == robot.size else tuple(place in driven for place in range(robot.size))
        self._own = np.asarray(robot.indices(manifest.joint_names), int)
        self._size, self._feet = robot.size, robot.feet
        self._rest = robot.pose("default")
        self._rest[self._own] = manifest.default_joint_pos
        kp, kd = robot.column("kp"), robot.column("kd")
        kp[self._own], kd[self._own] = manifest.stiffness, manifest.damping
        kp[places], kd[places] = self._action.gains
        self._gains: tuple[tuple[float, ...], tuple[float, ...]] = (tuple(kp.tolist()), tuple(kd.tolist()))
        self._driven = np.array([manifest.joint_names.index(name) for name in manifest.driven], int)
        self._way: Array | None = None
        self._fixed = dict(spec.policy.fixed_goal) if spec.policy is not None else {}
        self._goals: Mapping[str, float] | None = None
        self._observations = [ForeignObservation(entry, manifest, robot) for entry in manifest.inputs]
        self._bind(network)
        self._phase = self._clock_left = 0.0
        self._offsets = np.array(manifest.gait.offsets if manifest.gait else ())
        self._moment = at_rest(manifest, robot)
        self._motion = self._moment.motion = _motion_of(network)
        self._length = manifest.phase_seconds
        self._try(spec.name)

    def _bind(self, network: ForeignNetwork) -> None:
        manifest = self._manifest
        size = network.size(manifest.action.output)
        if size != len(manifest.driven):
            raise DataError(
                f"policy: output '{manifest.action.output}' has {size} values for {len(manifest.driven)} driven joints"
            )
        outputs: dict[str, Array] = {
            name: np.zeros(network.shape(name), network.dtype(name))
            for name in (manifest.action.output, *network.reference_outputs, *manifest.memory.values())
        }
        inputs = {entry.name: one.array for entry, one in zip(manifest.inputs, self._observations)}
        kept = {name: outputs[output] for name, output in manifest.memory.items()}
        self._memory = PolicyMemory(kept, read_start(network.folder, manifest.memory_start))
        inputs |= self._memory.inputs
        self._step: Array | None = None
        if manifest.reference is not None and manifest.reference.time_step is not None:
            name = manifest.reference.time_step
            self._step = inputs[name] = np.zeros(network.shape(name), network.dtype(name))
        self._answer = outputs[manifest.action.output].reshape(-1)
        self._outputs = {name: outputs[name] for name in network.reference_outputs}
        self._evaluate = network.bind(inputs, outputs)
        self.evaluations = 0
        self.observed = tuple(one.array.reshape(-1) for one in self._observations)

    @property
    def answered(self) -> Array:
        """Outputs of the network."""
        return self._answer

    def _try(self, name: str) -> None:
        """Runs a few times from rest; raises DataError for an output that is not finite."""
        self._begin(self._moment.reading)
        for _ in range(WARM_UP_RUNS):
            self._think(self._moment, keep=True)
        if not np.isfinite(self._answer).all():
            raise DataError(f"policy of skill '{name}' answers a robot at rest with a value that is not finite")
        self._begin(self._moment.reading)

    @property
    def action(self) -> Array:
        """Last output of the network, shape (driven joints,)."""
        return self._answer.astype(float)

    def _defaults(self) -> Array:
        return np.array([command.default for command in self._manifest.commands])

    def _begin(self, reading: FastEstimate) -> None:
        moment = self._moment
        self._goals, self._phase, self._clock_left = None, 0.0, 0.0
        moment.reading, moment.command, moment.moving = reading, self._defaults(), False
        moment.seconds, moment.silent, moment.began = 0.0, False, reading.base_place()
        moment.phases = self._offsets % 1.0
        self._action.start(reading.numbers[self._own])
        moment.last_action, moment.target = self._action.seen, self._action.target
        for observation in self._observations:
            observation.start()
        self._memory.start()
        self.progress, self._way = 0.0, None
        if self._motion is not None:
            self._motion.start()
        if self._step is not None:  # the motion's first frame is only known once the network was asked for it
            for one in self._observations:
                one.array[...] = 0
            self._step[...] = 0
            self._evaluate()
            self._take_frame()

    def _take_frame(self) -> None:
        if self._motion is not None and self._outputs:
            self._motion.take(self._outputs)

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Restarts, or continues from a skill of the same network."""
        for other in inside(before):
            if isinstance(other, ForeignRunner) and other.network == self.network and self._motion is None:
                self._follow(other)
                return
        self._begin(reading)

    def _follow(self, other: ForeignRunner) -> None:
        self._goals, self._phase, self._clock_left = None, other._phase, other._clock_left
        self._action.follow(other._action)
        mine, theirs = self._moment, other._moment
        mine.last_action, mine.target, mine.seconds = self._action.seen, self._action.target, theirs.seconds
        mine.phases, mine.silent, mine.moving = theirs.phases.copy(), theirs.silent, theirs.moving
        for observation, source in zip(self._observations, other._observations):
            observation.follow(source)
        self._memory.restore(other._memory.inputs)

    def hear(self, goals: Mapping[str, float]) -> None:
        """See :class:`skill_stack.controllers.runners.runner.GoalListener`; an object is not where it is to be now."""
        if self._object is not None and goals != self._goals:
            self.progress = 0.0

    def rehearse(self, reading: FastEstimate) -> None:
        """Runs the network once, to warm the caches; its state stays unchanged."""
        state = self._memory.state()
        kept, self._moment.reading = self._moment.reading, reading
        self._think(self._moment, keep=False)
        self._moment.reading = kept
        self._memory.restore(state)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One run; an output that is not finite reaches the targets, where the safety layer detects it."""
        moment, action = self._moment, self._action
        if goals is not self._goals:
            self._take_goals(goals)
        self._run_clock()
        moment.reading, moment.last_action, moment.target = reading, action.seen, action.target
        if self._object is not None and self._object.lost(reading):
            self.progress = 0.0  # whether it is where it was to be, nobody sees
            return self._targets(action.held)
        position, velocity = reading.numbers[: self._size], reading.numbers[self._size : 2 * self._size]
        targets = self._approach(position, dt)
        if targets is None:
            self._think(moment, keep=True)
            self.evaluations += 1
            frame = self._motion.joint_pos if self._motion is not None else None
            targets = action.take(self._answer.astype(float), position[action.places], velocity[action.places], frame)
            self._go_on(position[self._own], dt)
        return self._targets(targets)

    def hold_first(self, held: bool) -> None:
        """Holds the first frame of the motion also when its time has come."""
        assert self._motion is not None
        self._motion.held = held

    @property
    def waits(self) -> bool:
        """Whether the motion has not begun yet."""
        return self._motion is not None and self._motion.waits

    @property
    def steps(self) -> tuple[float, float, float] | None:
        """Velocity with which another skill steps meanwhile; see :attr:`TrackedMotion.steps`."""
        return self._motion.steps if self._motion is not None else None

    def anchor_place(self, reading: FastEstimate) -> Array:
        """Where the motion has its anchor, m in ``odom``, by where the base was at its first frame."""
        assert self._motion is not None
        place, orientation = reading.base_place()
        self._motion.align(orientation, (np.asarray(place), orientation))
        return self._motion.position

    @property
    def unloaded(self) -> str:
        """Foot that carries nothing in the motion, since the base is over another; empty for none."""
        assert self._motion is not None
        anchor, *feet = [self._motion.spec.anchor, *(foot.link for foot in self._feet)]
        places = self._motion.places([anchor, *feet])
        if places is None or len(feet) < 2:
            return ""
        away = np.linalg.norm(places[1:, :2] - places[0, :2], axis=1)
        return self._feet[int(away.argmax())].name if away.max() > away.min() + ASIDE else ""

    def go_on_from(self, targets: Targets) -> None:
        """Goes on from the targets of another skill."""
        self._action.go_on_from(np.asarray(targets.q, float)[self._action.places])

    def _targets(self, driven: Array) -> Targets:
        """The command with targets of the driven joints, rad."""
        q = self._rest.copy()
        q[self._action.places] = driven
        return make_tuple(Targets, (q, *self._gains))

    def _approach(self, position: Array, dt: float) -> Array | None:
        """Targets on the way to the motion's first frame, rad; None where the network is to run."""
        if self._motion is None or not self._motion.waits:
            return None
        way = self._motion.approach(position[self._own] if self._way is None else self._way, dt)
        self._way = way
        return None if way is None else way[self._driven]

    def _think(self, moment: Moment, keep: bool) -> None:
        for observation in self._observations:
            observation.write(moment, keep)
        if self._step is not None:
            self._step[...] = self._motion.frame if self._motion is not None else 0
        self._evaluate()
        self._memory.keep()

    def _run_clock(self) -> None:
        gait, moment = self._manifest.gait, self._moment
        if gait is None:
            return
        moment.phases = (self._phase + self._offsets) % 1.0
        if moment.moving:
            self._clock_left = gait.stop_delay
        standing = not moment.moving and self._clock_left <= SLACK
        moment.silent = standing and gait.stand == "zero"
        if standing and gait.stand == "hold":
            moment.phases = np.full(len(self._offsets), gait.stand_phase)

    def _go_on(self, position: Array, dt: float) -> None:
        """Advances clock, frame of the motion and progress; ``position``: joints of the policy, rad."""
        manifest, moment = self._manifest, self._moment
        moment.seconds += dt
        if manifest.gait is not None:
            self._phase = (self._phase + dt / manifest.gait.period) % 1.0
            self._clock_left -= dt
        if self._motion is not None:
            self._take_frame()
            self._motion.go_on(position, dt)
            self.progress = self._motion.progress
        elif self._length is not None:
            self.progress = min(moment.seconds / self._length, 1.0)
        if self._object is not None:
            self.progress = self._object.progress(moment)

    def _take_goals(self, goals: Mapping[str, float]) -> None:
        """Clips goal values to the trained ranges; fixed ones take precedence."""
        self._goals = goals
        manifest = self._manifest
        command, norm = manifest.told(goals, self._fixed)
        threshold = max(manifest.command_deadband, manifest.gait.stand_below if manifest.gait else 0.0)
        self._moment.moving = norm >= threshold and norm > 0.0
        self._moment.command = np.array(command)


def _motion_of(network: ForeignNetwork) -> TrackedMotion | None:
    """The motion that a policy tracks, or None."""
    manifest = network.manifest
    spec = manifest.reference
    if spec is None:
        return None
    file = load_motion(network.folder, spec, manifest.joint_names, manifest.rate) if spec.file is not None else None
    return TrackedMotion(spec, file, len(manifest.joint_names))


def check_robot(manifest: PolicyManifest, robot: RobotSpec) -> None:
    """Raises DataError where a robot cannot run a policy; names what is missing."""
    missing = [name for name in manifest.joint_names if name not in robot.joint_names]
    if missing:
        raise DataError(f"policy: {robot.name} has no joints {missing}; it has {list(robot.joint_names)}")
    ticks = robot.control_rate / manifest.rate
    if abs(ticks - round(ticks)) > 1e-6 or ticks < 1:
        works = ", ".join(f"{n * manifest.rate:g}" for n in (1, 2, 4, 5, 10) if n * manifest.rate <= FASTEST)
        raise DataError(
            f"policy: made for {manifest.rate:g} Hz, the control loop runs at {robot.control_rate:g} Hz, which is no "
            f"multiple of that; {works} Hz work, for example"
        )


def check_needs(manifest: PolicyManifest, robot: RobotSpec) -> None:
    """Raises DataError where the robot has no estimate that the policy needs."""
    handles = ("object_pose",) if manifest.object is not None else ()
    for need in (*manifest.needs, *handles):
        if need == "object_pose" and robot.sensors.tracker is None:
            raise DataError(f"policy: it needs the pose of an object; {robot.name} has no tracker (sensors.tracker)")
        if need == "base_lin_vel" and robot.estimation.base == "odometry" and not robot.sensors.odometry:
            raise DataError(f"policy: it needs the velocity of the base, which nothing on {robot.name} estimates")
