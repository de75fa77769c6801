"""BallWorlds: robots of the training that walk by an exported network, each with a ball that it sees as at run time."""

from __future__ import annotations

import math
from pathlib import Path

import mujoco
import numpy as np
import torch

from skill_stack.connector.balls.ball_guides import TURNS
from skill_stack.connector.balls.ball_play import LABELS, LEAD, observe, searching
from skill_stack.connector.balls.ball_track import BallTrack
from skill_stack.connector.guides.guide import STILL
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import headings_of
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.scene_file import SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX
from skill_stack.runtime.line.ball_looks import ERROR, EVERY, HALF_VIEW, LATE, LOST, REACH
from skill_stack.training.ball_play.settings import BallPlaySettings
from skill_stack.training.export import exported_network
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.goal_task import ContextTask
from skill_stack.training.tasks.task import TrainingTask, load_task

Array = np.ndarray
NEVER = 1e6  # s
DRIBBLE, KICK, STOP = range(len(LABELS))
AHEAD, ASIDE = (0.7, 1.6), 0.3
"""Where a ball of a reference lies before a robot, and how far to either side, m."""
AROUND, ROLLS = (0.6, 2.0), 0.6
"""How far away a ball lies off the reference, m, in any direction, and how fast it rolls at most, m/s."""
COMES = (0.3, 1.0)  # m/s: how fast a ball rolls that is to be stopped on the reference
PLACE, SPREAD = (1.6, 2.8), 0.5
"""How far beyond a ball its place is, m, and how far to either side on the reference; off it, in any direction."""
KICKED, NEAR, STILL_BALL = 0.5, 0.5, 0.1
"""Largest distance of a kicked ball from its place, and of another from the front in the end, m; and speed of one that
was stopped, m/s."""


class BallWorlds(WalkEnvironment):
    """Many differing robots with a ball each, told velocities ten times a second.

    Attributes:
        label: What each is to do, number of one of ``LABELS``, shape (robots,).
        fell: Which have fallen since they began together.
        kicked: Which balls came to their places since then, or since they got them.
    """

    def __init__(
        self,
        robot: RobotSpec,
        settings: BallPlaySettings,
        resources: Resources,
        robots: int,
        seed: int,
        astray: bool,
    ) -> None:
        """Builds robots and balls.

        Args:
            robot: The robot.
            settings: Everything about them.
            resources: Where the walking network and the scene are.
            robots: How many.
            seed: Seed of everything that is random here.
            astray: Whether they begin off the reference and labels switch.
        """
        folder = resources.find(f"models/{robot.name}/{settings.base}", "skill")
        task = _calm(load_task(folder), settings, robots)
        self._settings, self._astray, self._front = settings, astray, robot.footprint.front
        things = set_up(load_scene(resources.scene(settings.scene)), 0).objects
        ball = next(thing for thing in things if thing.id == settings.ball)
        self._ball_radius = ball.size[2] / 2
        self._chance = np.random.default_rng((seed, 1))  # of starts and labels: the same, whoever plays
        self._walker = exported_network(folder / "policy.onnx").eval()
        super().__init__(robot, task, seed, scene=_with(ball))

    def _allocate(self) -> None:
        super()._allocate()
        count = self.num_envs
        joint = self.nominal.joint(self._settings.ball + FREE_JOINT_SUFFIX)
        self._at, self._rolling = int(joint.qposadr[0]), int(joint.dofadr[0])
        self._sphere = int(self.nominal.jnt_bodyid[joint.id])
        names = self.contract.command_names
        self._velocity_at = [names.index(name) for name in STILL]
        self._styled = np.array([self._settings.style.get(name, 0.0) for name in names])
        self._limits = np.array([self.contract.command_ranges[place] for place in self._velocity_at]).T
        self._velocity = np.zeros((count, 3))
        self.label, self._goal, self._along = np.zeros(count, int), np.zeros((count, 2)), np.zeros((count, 2))
        self._begun, self._begun_at = np.zeros((count, 2)), np.zeros(count)
        self._switch, self.now = np.full(count, NEVER), 0.0
        self.fell, self.kicked = np.zeros((2, count), bool)
        self._track = BallTrack(np.zeros((count, 2)))
        self._found, self._side = np.zeros(count), np.ones(count)
        self._coming: tuple[Array, Array] = np.zeros((count, 2)), np.zeros(count, bool)
        for place in range(count):
            self._weigh(place)

    def _weigh(self, place: int) -> None:
        """Draws the mass of a ball."""
        model = self.robots.models[place]
        factor = self._rng.uniform(*self._settings.mass) / model.body_mass[self._sphere]
        model.body_mass[self._sphere] *= factor
        model.body_inertia[self._sphere] *= factor
        mujoco.mj_setConst(model, mujoco.MjData(model))

    def _end_episodes(self, which: Array, fallen: Array) -> None:
        self.fell[which] |= fallen[which]
        super()._end_episodes(which, fallen)
        for place in which.tolist():
            self._weigh(place)

    def _reset(self, which: Array) -> None:
        super()._reset(which)
        rng, count, qpos = self._chance, len(which), self._physics.qpos
        self.label[which] = rng.integers(0, len(LABELS), count)
        heading = headings_of(qpos[which, 3:7])
        if self._astray:
            away, bearing = rng.uniform(*AROUND, count), rng.uniform(-math.pi, math.pi, count)
            speed = rng.uniform(0.0, ROLLS, count)
        else:
            ahead, aside = rng.uniform(*AHEAD, count), rng.uniform(-ASIDE, ASIDE, count)
            away, bearing = np.hypot(ahead, aside), np.arctan2(aside, ahead)
            speed = np.where(self.label[which] == STOP, rng.uniform(*COMES, count), 0.0)
        self._put_balls(which, away[:, None] * unit(heading + bearing), speed)
        self._begin_label(which)

    def _put_balls(self, which: Array, off: Array, speed: Array) -> None:
        """Puts balls so far from their robots, m, shape (n, 2), and rolls them in any direction, m/s, shape (n,)."""
        rng, qpos, qvel = self._chance, self._physics.qpos, self._physics.qvel
        place, rolls = qpos[which, :2] + off, speed[:, None] * unit(rng.uniform(-math.pi, math.pi, len(which)))
        qpos[which, self._at : self._at + 2], qpos[which, self._at + 2] = place, self._ball_radius
        qvel[which, self._rolling : self._rolling + 2] = rolls
        turning = np.stack([-rolls[:, 1], rolls[:, 0]], axis=1) / self._ball_radius
        qvel[which, self._rolling + 3 : self._rolling + 5] = turning
        self._velocity[which] = 0.0
        self._track.begin(which, place + rng.normal(0.0, ERROR, place.shape))
        self._found[which] = self.now
        self._coming[1][which] = False

    def _begin_label(self, which: Array) -> None:
        """Goals of labels that begin now."""
        rng, count, heading = self._chance, len(which), headings_of(self._physics.qpos[which, 3:7])
        self._along[which] = unit(heading)
        self._begun[which], self._begun_at[which] = self._track.place[which], self.now
        turn = rng.uniform(-math.pi, math.pi, count)
        way = rng.uniform(*PLACE, count)
        if self._astray:
            off = way[:, None] * unit(turn)
        else:
            aside = rng.uniform(-SPREAD, SPREAD, count)
            off = way[:, None] * unit(heading) + aside[:, None] * unit(heading + math.pi / 2)
        self._goal[which] = self._track.place[which] + off
        self.kicked[which] = False
        self._switch[which] = self.now + rng.uniform(*self._settings.switch, count) if self._astray else NEVER

    def begin(self) -> None:
        """Has all robots begin together; off the reference one switch of a label follows."""
        self.now = 0.0
        self.restart()
        self.episode_length_buf[:] = 0
        self.fell[:] = False

    def _take_commands(self) -> None:
        self.commands.command[:] = self._styled
        self.commands.command[:, self._velocity_at] = self._velocity
        self.commands.moving[:] = True
        super()._take_commands()

    def play(self, velocities: Array) -> None:
        """One decision of every robot, 0.1 s.

        Args:
            velocities: vx, vy, m/s, and wz, rad/s, shape (robots, 3).
        """
        self._velocity[:] = np.clip(velocities, *self._limits)
        for _ in range(round(EVERY / self._dt)):
            with torch.inference_mode():
                actions = self._walker(self.get_observations()["actor"])
            self.step(actions)
        self.now += EVERY
        self._look()
        self.kicked |= (self.label == KICK) & (np.linalg.norm(self.ball() - self._goal, axis=1) <= KICKED)
        over = np.flatnonzero(self.now >= self._switch - 1e-9)
        if len(over):
            self.change(over)

    def change(self, which: Array) -> None:
        """Gives robots another label."""
        count = len(which)
        self.label[which] = (self.label[which] + self._chance.integers(1, len(LABELS), count)) % len(LABELS)
        self._begin_label(which)
        self._switch[which] = NEVER

    def _look(self) -> None:
        """Takes in what was seen a decision ago, and looks."""
        assert LATE == EVERY
        self._track.pass_time(EVERY)
        place, seen = self._coming
        self._track.look(place, LATE, seen)
        self._found[seen] = self.now
        local, count = self.local(self.ball()), self.num_envs
        shown = (np.linalg.norm(local, axis=1) < REACH) & (np.abs(np.arctan2(local[:, 1], local[:, 0])) < HALF_VIEW)
        noisy = self.ball() + self._rng.normal(0.0, ERROR, (count, 2))
        self._coming = noisy, shown & (self._rng.random(count) >= LOST)

    def ball(self) -> Array:
        """True places of the balls, m, shape (robots, 2)."""
        return self._physics.qpos[:, self._at : self._at + 2].copy()

    def rolls(self) -> Array:
        """True velocities of the balls, m/s, shape (robots, 2)."""
        return self._physics.qvel[:, self._rolling : self._rolling + 2].copy()

    def local(self, points: Array, place: bool = True) -> Array:
        """Points, or directions, in each base's frame, shape (robots, 2)."""
        qpos = self._physics.qpos
        yaw = headings_of(qpos[:, 3:7])
        c, s = np.cos(yaw), np.sin(yaw)
        x, y = (points - qpos[:, :2] * place).T
        return np.stack([c * x + s * y, c * y - s * x], axis=1)

    def told(self) -> Array:
        """What a player is told of every robot, shape (robots, values)."""
        goal = self._told_goal()
        ball, velocity = self.local(self._track.place), self.local(self._track.velocity, place=False)
        lost = self.now - np.maximum(self._found, self._begun_at) > TURNS
        self._side = np.where(lost, self._side, np.copysign(1.0, ball[:, 1]))
        found = observe(ball, velocity, self.local(goal), self.label)
        return np.where(lost[:, None], searching(self._side), found)

    def _told_goal(self) -> Array:
        """Where players are told to play their balls, m, shape (robots, 2)."""
        gone = ((self._track.place - self._begun) * self._along).sum(1)
        along = self._begun + (gone + LEAD)[:, None] * self._along
        goal = np.where((self.label == DRIBBLE)[:, None], along, self._goal)
        return np.where((self.label == STOP)[:, None], self._track.place, goal)

    def base(self) -> Array:
        """True places of the bases, m, shape (robots, 2)."""
        return self._physics.qpos[:, :2].copy()

    def gaps(self) -> Array:
        """Distance of each ball from the front of its robot, m, shape (robots,)."""
        return np.linalg.norm(self.local(self.ball()) - [self._front, 0.0], axis=1)

    def done(self) -> Array:
        """Which have done now what they are told; falls do not."""
        near, still = self.gaps() <= NEAR, np.linalg.norm(self.rolls(), axis=1) <= STILL_BALL
        good = np.select([self.label == KICK, self.label == STOP], [self.kicked, near & still], near)
        return good & ~self.fell


def unit(angle: Array) -> Array:
    """Unit vectors of directions, rad, shape (n,) to (n, 2)."""
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _with(ball: SceneObject) -> SceneSetup:
    return SceneSetup(name="", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=(ball,))


def _calm(task: TrainingTask, settings: BallPlaySettings, robots: int) -> TrainingTask:
    """The walking network's task, whose commands come from outside."""
    events = task.events.model_copy(
        update={
            "command_interval": (NEVER, NEVER), "curriculum_start": 1.0, "episode": NEVER,
            "push_speed": settings.push_speed, "push_turn": settings.push_speed, "start_speed": 0.0,
        }  # fmt: skip
    )
    ppo = task.ppo.model_copy(update={"robots": robots})
    return task.model_copy(update={"events": events, "ppo": ppo, "contexts": ContextTask(), "mirrored": False})


def walker(resources: Resources, robot: RobotSpec, settings: BallPlaySettings) -> Path:
    """File of the walking network."""
    return resources.find(f"models/{robot.name}/{settings.base}", "skill") / "policy.onnx"
