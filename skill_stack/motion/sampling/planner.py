"""SamplingPlanner: joint targets that cost least by reward terms, found by trying many in simulation.

Model predictive path integral control (Williams et al., 2017) over the knots of a spline that is added to a motion laid
out by geometry. It moves nothing: it answers with joint targets, and whoever asked has them checked as any others.
"""

from __future__ import annotations

import copy

import mujoco
import numpy as np
from mujoco import rollout

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.rewards.costs import costs
from skill_stack.core.rewards.quantities import MotionView
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rotation import tilt_of
from skill_stack.motion.sampling.far_goals import with_velocities
from skill_stack.motion.sampling.model_body import ModelBody, SetFrame
from skill_stack.motion.sampling.motion_plan import MotionPlan, StartState
from skill_stack.motion.sampling.open_loop import OpenLoop
from skill_stack.motion.sampling.settings import SamplingSettings
from skill_stack.motion.sampling.steady_base import SteadyBase

Array = np.ndarray
LATER = 1.0
"""By how much the last moment counts more than the first."""
FADE = 1.0
"""Time in which what samples found before fades by a factor of e, s: without it noise adds up where no term looks."""
BOLTED = (100.0, 10.0)
"""Mass, kg, and moments of inertia, kg·m², of a base that is bolted down."""
CARRIED = 1e4
"""The same of one that something else carries: it moves by a millimetre where arms of 10 kg swing by a metre."""
BEYOND = 0.05
"""How far a joint may be expected beyond its limit, rad."""
SHIFT = 0.12
"""How far arms and trunk may move the robot's middle of mass over legs that something else has, m: up to 0.104 m, at up
to 1.5 rad/s, the walking policy of the G1 stayed up in 36 of 36 trials; see docs/results/rewards.md."""
SPREADS = (1.0, 0.4)
"""Factors on the standard deviation, of the samples in turns: wide ones find, narrow ones refine."""


class NoPlan(SkillStackError):
    """There is no plan from here: the state is not finite, or no sample has a cost."""


class SamplingPlanner:
    """Plans motions of one robot.

    Attributes:
        frame: Frame that the present set is counted from; None before :meth:`begin`.
    """

    def __init__(
        self, model: mujoco.MjModel, body: ModelBody, settings: SamplingSettings, rng: np.random.Generator
    ) -> None:
        """Copies the model and makes it coarser.

        Args:
            model: The robot's model; it stays as it is.
            body: The robot in it.
            settings: How to sample.
            rng: Where chance comes from.

        Raises:
            DataError: The model has states beyond positions and velocities.
        """
        self._model = coarser(model, body, settings)
        size = mujoco.mj_stateSize(self._model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
        if size != 1 + model.nq + model.nv:
            raise DataError("plans need a model whose state is time, positions and velocities alone")
        self._body, self._settings, self._rng = body, settings, rng
        self._lower, self._upper = body.robot.column("lower"), body.robot.column("upper")
        self._pool = rollout.Rollout(nthread=settings.threads)
        self._data = [mujoco.MjData(self._model) for _ in range(settings.threads)]
        self._open_loop = OpenLoop(self._model, body)
        self._steady = SteadyBase() if body.robot.carried_by else None
        self._spline = _spline(settings)
        self._later = np.linspace(1.0, 1.0 + LATER, settings.steps)
        self._later /= self._later.sum()
        self._mean = np.zeros((settings.knots, body.robot.size))
        self._time = 0.0
        self.frame: SetFrame | None = None

    def begin(self, start: StartState) -> None:
        """Begins a set: places and headings are counted from here, and what was found before is forgotten."""
        self.frame = self._body.frame(start)
        self._mean[:] = 0.0
        self._time = start.time
        self._open_loop.begin()
        if self._steady is not None:
            self._steady.begin()

    def plan(self, start: StartState, rewards: RewardSet) -> MotionPlan:
        """Joint targets that cost least from a state.

        A set that differs from that of the plan before is an edit: it is counted from where that one began.

        Args:
            start: Where the robot is when the first target comes into force.
            rewards: What is asked for.

        Raises:
            DataError: The robot cannot be asked for it.
            NoPlan: The state is not finite, or no sample has a cost.
        """
        if problem := self._body.layout.problem(rewards, bool(self._body.thing)):
            raise DataError(problem)
        if not start.finite:
            raise NoPlan("no plan: the state to begin from is not finite")
        if self.frame is None:
            self.begin(start)
        assert self.frame is not None
        if self._steady is not None:
            start = self._steady.see(start)
        settings, legged = self._settings, self._body.layout.legged
        near = with_velocities(rewards, start, self.frame) if legged else rewards
        clock = start.time - self.frame.time
        prior = self._open_loop.targets(near, start, clock, settings.step, settings.steps)
        self._move_on(start.time)
        knots = self._mean + self._noise()
        cost, _, _ = self._try(start, near, prior, knots)
        if not np.isfinite(cost).any():
            raise NoPlan(f"no plan: none of {len(knots)} samples has a cost; the simulation diverged from this state")
        self._mean = _weighted(knots, cost, settings.temperature)
        return self._told(start, near, prior, knots[int(np.nanargmin(cost))])

    def predict(self, start: StartState, targets: Array, step: float) -> StartState:
        """The state after some joint targets.

        Args:
            start: The state before.
            targets: Joint targets, rad, shape (n, joints).
            step: For how long each is in force, s.
        """
        model, data = self._model, self._data[0]
        mujoco.mj_resetData(model, data)
        state = self._body.state(model, start)
        data.qpos[:], data.qvel[:] = state[1 : 1 + model.nq], state[1 + model.nq :]
        for target in targets:
            data.ctrl[self._body.actuators] = target
            for _ in range(max(1, round(step / model.opt.timestep))):
                mujoco.mj_step(model, data)
        return self._body.start(start.time + step * len(targets), data.qpos, data.qvel)

    def _move_on(self, time: float) -> None:
        """Moves what was found in time; what lies beyond its end holds, and all of it fades."""
        passed = max(time - self._time, 0.0)
        self._time = time
        at = np.linspace(0.0, self._settings.horizon, self._settings.knots)
        moved = [np.interp(at + passed, at, column) for column in self._mean.T]
        self._mean = np.stack(moved, axis=-1) * np.exp(-passed / FADE)

    def _noise(self) -> Array:
        """What samples add, shape (samples, knots, joints); nothing for the first."""
        settings = self._settings
        noise = self._rng.normal(0.0, settings.sigma, (settings.samples, *self._mean.shape))
        noise *= np.resize(SPREADS, settings.samples)[:, None, None]
        noise[0] = 0.0
        return noise

    def _targets(self, prior: Array, knots: Array) -> Array:
        """Joint targets of samples, within the limits, shape (samples, steps, joints)."""
        return np.clip(prior + self._spline @ knots, self._lower, self._upper)

    def _try(self, start: StartState, rewards: RewardSet, prior: Array, knots: Array) -> tuple[Array, Array, Array]:
        """Costs, shape (samples,), not a number where a simulation diverged; states, sensors, (samples, steps, n)."""
        settings, body, model = self._settings, self._body, self._model
        assert self.frame is not None
        targets = self._targets(prior, knots)
        control = np.zeros((len(knots), settings.steps, model.nu))
        control[:, :, body.actuators] = targets
        begin = np.tile(body.state(model, start), (len(knots), 1))
        states, sensors = self._pool.rollout(model, self._data, begin, np.repeat(control, settings.substeps, axis=1))
        # Sensors are those of the moment before the step.
        last = slice(settings.substeps - 1, None, settings.substeps)
        before = np.concatenate([begin[:, None], states[:, :-1]], axis=1)[:, last]
        motion = body.motion(before, sensors[:, last], targets, settings.step, self.frame)
        with np.errstate(all="ignore"):
            cost = costs(rewards, motion, body.layout) @ self._later
        wild = ~np.isfinite(states).all(axis=(1, 2)) | (np.abs(states[:, :, 1:]).max(axis=(1, 2)) > 1e3)
        cost[wild] = np.nan
        return cost, before, sensors[:, last]

    def _told(self, start: StartState, rewards: RewardSet, prior: Array, best: Array) -> MotionPlan:
        """The plan that the mean of the samples makes, or the best of them where the mean is worse."""
        knots = np.stack([self._mean, best])
        cost, states, sensors = self._try(start, rewards, prior, knots)
        if not np.isfinite(cost).any():
            raise NoPlan("no plan: the simulation of what was found diverged from this state")
        chosen = int(np.nanargmin(cost))
        self._mean = knots[chosen]
        body, settings = self._body, self._settings
        assert self.frame is not None
        targets = self._targets(prior, knots)[chosen]
        motion = body.motion(states[chosen], sensors[chosen], targets, settings.step, self.frame)
        tilt = tilt_of(motion.orientation)
        violation = self._violation(motion, tilt)
        return MotionPlan(
            start.time, settings.step, targets, float(cost[chosen]), motion.place[:, 2], tilt, violation
        )  # fmt: skip

    def _violation(self, motion: BodyMotion, tilt: Array) -> str:
        robot, position = self._body.robot, motion.position
        beyond = np.maximum(self._lower - position, position - self._upper).max(axis=0)
        worst = int(beyond.argmax())
        if beyond[worst] > BEYOND:
            return f"{robot.joint_names[worst]} is expected {beyond[worst]:.2f} rad beyond its limit"
        if self._body.layout.legged and tilt.max() > robot.safety.tilt:
            return f"a tilt of {tilt.max():.2f} rad is expected, the limit is {robot.safety.tilt:g} rad"
        shift = np.hypot(*MotionView(motion, self._body.layout).mass_offset.T).max() if robot.carried_by else 0.0
        if shift > SHIFT:
            most = f"arms and trunk may move it by {100 * SHIFT:.0f} cm"
            return f"the middle of mass is expected {100 * shift:.0f} cm from its place, {most}"
        return ""


def coarser(model: mujoco.MjModel, body: ModelBody, settings: SamplingSettings) -> mujoco.MjModel:
    """A copy with the physics of plans."""
    coarse = copy.copy(model)
    coarse.opt.timestep = settings.step / settings.substeps
    coarse.opt.iterations, coarse.opt.ls_iterations = settings.contact_iterations, settings.search_iterations
    coarse.opt.noslip_iterations = 0
    coarse.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET  # what diverges is to be seen, not begun again
    coarse.opt.cone, coarse.opt.impratio = mujoco.mjtCone.mjCONE_PYRAMIDAL, 1.0
    if body.robot.fixed is not None or body.robot.carried_by:
        # A light base that is bolted down is what few iterations diverge at; what is carried has a base that stays.
        base = coarse.body(body.robot.source.base_link).id
        coarse.body_mass[base], coarse.body_inertia[base] = (CARRIED, CARRIED) if body.robot.carried_by else BOLTED
    return coarse


def _spline(settings: SamplingSettings) -> Array:
    """Weights of the knots at each step, shape (steps, knots)."""
    at = np.linspace(0.0, settings.horizon, settings.knots)
    times = settings.step * (np.arange(settings.steps) + 0.5)
    return np.stack([np.interp(times, at, row) for row in np.eye(settings.knots)], axis=-1)


def _weighted(knots: Array, cost: Array, temperature: float) -> Array:
    """Mean of the samples, those that cost less counting more; the scale of the costs has no influence."""
    good = np.isfinite(cost)
    knots, cost = knots[good], cost[good]
    half = np.sort(cost)[: max(2, len(cost) // 2)]
    spread = max(float(half.std()), 1e-9)
    weights = np.exp(-(cost - cost.min()) / (3.0 * temperature * spread))
    return np.asarray(np.tensordot(weights / weights.sum(), knots, axes=1))
