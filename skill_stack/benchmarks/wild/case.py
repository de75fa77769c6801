"""A wild case: one robot, some ticks of anything at all, and what was wrong with what came out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.wild.command_limits import CommandLimits
from skill_stack.benchmarks.wild.extreme_values import corrupted_sample, healthy_sample, number, setpoint, spoil
from skill_stack.controllers.control_core import ControlCore, ControlOptions
from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.processes.loop_timing import LoopTiming
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.controllers.tick import Tick
from skill_stack.core.joint_command import CommandMode
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, SkillSetpoint
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary

Rng = np.random.Generator

LONGEST = 14  # ticks of a case
FALLEN = "lie_on_back"
DRIVES = (ControlMode.ACTIVE, ControlMode.STANCE)


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """How a case ended.

    Attributes:
        seed: Its seed.
        ticks: Ticks that were looked at.
        active: Those of them that drove.
        problems: What must never be, one sentence each.
    """

    seed: int
    ticks: int
    active: int
    problems: tuple[str, ...]


class WildRunner:
    """Passes on to a real runner and now and then gives what no skill should; see ``Runner``.

    Attributes:
        share: Share of the outputs that are spoilt.
    """

    def __init__(self, inner: Runner, rng: Rng, share: float) -> None:
        """Takes the real runner, random numbers and the share of ticks that are spoilt."""
        self._inner, self._rng, self.share = inner, rng, share
        self.spec, self.network, self.drives = inner.spec, inner.network, inner.drives
        self.progress = 0.0

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Begins."""
        self._inner.start(reading, None)
        self.progress = 0.0

    def rehearse(self, reading: FastEstimate) -> None:
        """Nothing to rehearse."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick, spoilt or not; raises RuntimeError now and then."""
        targets = self._inner.run(reading, goals, dt)
        self.progress = self._inner.progress
        return spoil(self._rng, targets) if self._rng.random() < self.share else targets


class WildCase:
    """One case at work. What is drawn at random may also be handed in, tick by tick.

    Attributes:
        core: The controller.
        runners: Its skills; their ``share`` is the share of corrupted outputs.
        time: Task time, s.
        mono: Monotonic time, s.
        position: Joint positions, rad.
        flags: Stops, emergency stops and resets so far.
        setpoint: The newest setpoint.
        problems: What must never be, one sentence each.
        active: Ticks that drove.
        ticks: Ticks so far.
    """

    def __init__(self, robot: RobotSpec, library: SkillLibrary, rng: Rng, share: float) -> None:
        """Makes a fresh controller.

        Args:
            robot: The robot.
            library: Its skills.
            rng: Everything random.
            share: How often anything is spoilt.
        """
        self.robot, self._rng, self._share = robot, rng, share
        self.core = ControlCore(robot, library, ControlOptions())
        self.runners = {name: WildRunner(runner, rng, self._share) for name, runner in self.core.bank.runners.items()}
        self.core.bank.runners.update(self.runners)
        self._limits = CommandLimits(robot)
        self._period = 1.0 / robot.control_rate
        margin = robot.safety.joint_speed_margin * (1 + 1e-9)
        self._fastest = [joint.velocity * margin for joint in robot.joints]
        self.time = self.mono = 10.0
        self.position = robot.pose("default")
        self.flags = Flags()
        self.setpoint: SkillSetpoint | None = None
        self._sequence = self._setpoints = 0
        self._before: np.ndarray | None = None
        self._latched = False
        self._known = 0, 0
        self._lies, self._mode = False, ControlMode.STARTING
        self.problems: list[str] = []
        self.active = self.ticks = 0

    def chance(self, factor: float = 1.0) -> bool:
        """Whether something goes wrong now."""
        return bool(self._rng.random() < factor * self._share)

    def step(self) -> None:
        """One tick of anything."""
        rng = self._rng
        self.time += self._period
        self.mono += self._period
        if self.chance(0.3):
            self.time += float(rng.choice([-100.0, -1.0, 0.5, 1e6]))
        if self.chance(0.3):
            self.mono += float(rng.uniform(0.0, 1.0))
        if self.chance(0.5):
            self.ask_people()
        if self.setpoint is None or rng.random() < 0.3:
            self._setpoints += 1
            count = self.flags.stop_count
            self.setpoint = setpoint(self.robot, rng, self._setpoints, self.time, count, self.chance(2.0))
        plain = self.sample()
        sample = corrupted_sample(rng, plain) if self.chance() else plain
        now = number(rng) if self.chance(0.05) else self.time
        misses = int(rng.integers(0, 20)) if self.chance(0.5) else 0
        timing = LoopTiming(0.0, 0.0, misses, misses, number(rng) if self.chance(0.1) else 0.0)
        self.tick(sample, now, timing)

    def ask_people(self) -> None:
        """A stop, an emergency stop or a reset; seldom counters that hold nonsense."""
        name = str(self._rng.choice(["stop", "estop", "reset"]))
        more = 1 if self._rng.random() < 0.9 else int(self._rng.integers(-5000, 5000))
        self.flags = dataclasses.replace(self.flags, **{name: getattr(self.flags, name) + more})

    def sample(self) -> SensorSample:
        """A sample of a healthy device; joints follow their targets in part, without physics."""
        self._sequence += 0 if self.chance() else 1
        aim = self.position if self._before is None else self._before
        self.position = self.position + 0.3 * (aim - self.position) + self._rng.normal(0.0, 0.005, self.robot.size)
        return healthy_sample(self.robot, self._rng, self._sequence, self.time, self.mono, self.position)

    def tick(self, sample: SensorSample | None, now: float, timing: LoopTiming) -> Tick:
        """One tick of what is given, and the look at it."""
        flags = self.flags
        before_reset, before_estop = self._known if self.ticks else (flags.reset, flags.estop)
        self._known = flags.reset, flags.estop
        self._latched |= flags.estop != before_estop
        if flags.reset != before_reset and flags.estop == before_estop:
            self._latched = False
        tick = self.core.tick(sample, self.setpoint, flags, now, self.mono, timing)
        mode = self.core.mode
        self.ticks += 1
        self._judge(tick, mode, sample, now)
        if self._rng.random() < 0.5:  # whoever wants no state must get the same commands
            assert tick.status.mode is mode
        drives = tick.command.mode is CommandMode.ACTIVE
        self.active += drives
        self._before = np.array(tick.command.q) if drives else None
        self._latched |= mode is ControlMode.ESTOP
        return tick

    def _judge(self, tick: Tick, mode: ControlMode, sample: SensorSample | None, now: float) -> None:
        asked = self.setpoint
        may_lie = asked is not None and any(weight.skill == FALLEN for weight in asked.skills)
        # The first tick of a stance is still looked at with the envelope of the skill before.
        self._lies = may_lie if mode is ControlMode.ACTIVE else self._lies and mode is not self._mode
        self._mode = mode
        drives = tick.command.mode is CommandMode.ACTIVE
        found = self._limits.problems(tick.command, sample, self._before)
        if drives and (self._latched or mode not in DRIVES):
            found.append(f"an active command in {mode.value}{' after a latched stop' if self._latched else ''}")
        if self._latched and mode in DRIVES:
            found.append(f"{mode.value} after a latched stop")
        if drives and sample is not None:
            found += self._motion(sample, now, self._lies)
        if mode is ControlMode.ACTIVE:
            found += self._unasked(asked, now)
        self.problems += [f"tick {self.ticks}: {text}" for text in found]

    def _unasked(self, asked: SkillSetpoint | None, now: float) -> list[str]:
        """Why a skill must not be active, by the request."""
        found = []
        if asked is None or not now <= asked.valid_until:
            found.append("active without a valid setpoint")
        if asked is not None and asked.stop_count < self.flags.stop_count:
            found.append("active with a setpoint from before a stop")
        return found

    def _motion(self, sample: SensorSample, now: float, lies: bool) -> list[str]:
        """What must not be while the robot is driven; ``lies`` is whether a skill runs that may while it is fallen."""
        found, safety = [], self.robot.safety
        rate = math.hypot(*sample.angular_velocity.tolist())
        age = max(now - sample.task_time, self.mono - sample.stamp)
        if not age <= safety.sample_age + 1e-9:
            found.append(f"driven by a sample that is {age:.2f} s old")
        if not all(abs(v) <= fastest for v, fastest in zip(sample.velocity.tolist(), self._fastest)):
            found.append("driven while a joint is too fast")
        w, x, y, z = sample.orientation.tolist()
        tilt = 2.0 * math.atan2(math.hypot(x, y), math.hypot(w, z))
        if not lies and not tilt <= safety.tilt + 1e-6:
            found.append(f"driven at a tilt of {tilt:.2f} rad")
        if not lies and not rate <= safety.angular_speed * (1 + 1e-9):
            found.append("driven while the base turns too fast")
        return found


def run_case(robot: RobotSpec, library: SkillLibrary, seed: int) -> CaseVerdict:
    """One case; the same seed gives the same one.

    Args:
        robot: The robot.
        library: Its skills.
        seed: Decides everything that is random.
    """
    rng = np.random.default_rng((seed, 71))
    case = WildCase(robot, library, rng, float(rng.choice([0.0, 0.02, 0.2])))
    try:
        for _ in range(int(rng.integers(5, LONGEST))):
            case.step()
    except Exception as error:  # noqa: BLE001 - whatever escapes a tick is what this looks for
        case.problems.append(f"tick {case.ticks}: {type(error).__name__}: {error}")
    return CaseVerdict(seed, case.ticks, case.active, tuple(case.problems))
