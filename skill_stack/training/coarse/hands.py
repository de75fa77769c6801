"""Many hands that simulated persons command, with what the controller sees of them."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.synergy_space import SynergySpace
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.coarse.person import REST, Persons, coordinates
from skill_stack.training.coarse.primitives import Primitives
from skill_stack.training.coarse.settings import CoarseSettings, PersonSettings, WindowSettings
from skill_stack.training.hands.hand_environment import PRIVILEGED, HandEnvironment
from skill_stack.training.hands.hand_task import HandEventTask, HandTrainingTask, LossTask
from skill_stack.training.tasks.ppo_task import PpoTask

Array = np.ndarray
RATE = 20.0
"""Runs of the controller per second, Hz."""
AGES = (40, 32, 26, 20, 16, 12, 8, 6, 4, 2, 1, 0)
"""Moments of positions and targets that it sees, by their age in its runs: how the object lies shows in what the joints
give way over two seconds, not in a single noisy moment."""
FELT = 2 * len(AGES) + 1
"""Values of each joint that it sees: positions, a velocity, targets."""
HEARD = 20
"""Moments of the command that it sees."""
DIALS = (0.0, 0.5, 1.0)
"""Places of the dial: hold, the middle, obey."""
BACK = 0.5
"""Cosine of the angle to the way back within which a push counts as one."""
LONG = 1.0e6
"""Length of an episode that never ends by itself, s."""


class CommandedHands:
    """The environment of hands, persons, and the memory of what was told.

    Attributes:
        persons: Who commands.
        lost: Which hands have just lost their object, bool, shape (n,); they have another one already.
    """

    def __init__(
        self, robot: RobotSpec, primitives: Primitives, space: SynergySpace, settings: CoarseSettings,
        people: PersonSettings, count: int, seed: int,
    ) -> None:  # fmt: skip
        """Draws hands, objects and persons.

        Args:
            robot: The hand.
            primitives: What persons mean.
            space: What they tell it in.
            settings: What lies in the hands, and when it is lost.
            people: How coarse the commands are.
            count: Hands.
            seed: Of all chance.
        """
        self._environment = HandEnvironment(
            robot, _task(robot, settings, min(count, settings.record.worlds), count), seed
        )
        self._primitives, self._space, self._shape = primitives, space, HandShape(robot)
        self._rest, self._scale = robot.pose("cradle"), self._environment.task.action_scale
        rng = np.random.default_rng([seed, 1])
        self.dt = 1.0 / RATE
        self.persons = Persons(people, primitives.gaits, primitives.clocks, count, self.dt, rng)
        self._told = np.zeros((count, HEARD, space.size))
        self._from = np.zeros((count, robot.size))
        self._past = np.zeros((count, 2, AGES[0] + 1, robot.size))
        self.lost = np.ones(count, bool)
        self._hear()

    def _hear(self) -> None:
        """The next command of every person reaches the hands."""
        before = self.persons.joints
        self.persons.step()
        if self.persons.joints is not before or self.lost.any():
            self._now = coordinates(self._shape, self._space, self._rest + self.persons.joints)
        self._told = np.concatenate([self._told[:, 1:], self._now[:, None]], axis=1)
        fresh = np.flatnonzero(self.lost)
        felt, joints = self.felt, self._rest.size
        newest = np.stack([felt[:, 2 * joints : 3 * joints], felt[:, -joints:]], axis=1)[:, :, None]
        self._past = np.concatenate([self._past[:, :, 1:], newest], axis=2)
        self.forget(fresh)
        changed = self.persons.age == 0.0
        self._from[changed] = self.targets[changed]

    def forget(self, which: Array) -> None:
        """Some hands, by number, know no more than the present, as a skill that begins does: no target yet."""
        self._told[which] = self._told[which, -1:]
        self._past[which, 0], self._past[which, 1] = self._past[which, 0, -1:], 0.0

    @property
    def felt(self) -> Array:
        """What primitives feel: three moments of joint positions, one of velocities, three of targets, from the bowl,
        rad, shape (n, 112)."""
        seen = self._environment.get_observations()["actor"].numpy()
        joints = self._rest.size
        return np.concatenate([seen[:, : 4 * joints], self._scale * seen[:, 4 * joints :]], axis=1)

    @property
    def targets(self) -> Array:
        """Present joint targets from the bowl, rad, shape (n, joints)."""
        return self.felt[:, -self._rest.size :]

    def seen(self, obey: Array) -> Array:
        """What the controller sees with the dial at ``obey``, 0 to 1, shape (n,): shape (n, features)."""
        count, joints = len(self.lost), self._rest.size
        past = self._past[:, :, [-1 - age for age in AGES]]
        felt = [
            past[:, 0].reshape(count, -1), self.felt[:, 3 * joints : 4 * joints],
            (past[:, 1] + self._rest).reshape(count, -1),  # targets that are planned are no changes
        ]  # fmt: skip
        dial = np.broadcast_to(obey[:, None, None], (*self._told.shape[:2], 1))
        told = np.concatenate([self._told, dial], axis=2)
        return np.concatenate([*felt, told.reshape(count, -1)], axis=1).astype(np.float32)

    @property
    def place(self) -> Array:
        """How far each object lies from where it lay at first, along the palm's y and z axes, m, shape (n, 2)."""
        return self._truth[:, 1:3] / PRIVILEGED["away"]

    @property
    def turning(self) -> Array:
        """Its turning speed to the left, seen against the palm, rad/s, shape (n,)."""
        return self._truth[:, 15] / PRIVILEGED["turning"]

    @property
    def moved(self) -> Array:
        """Measured joint positions from the bowl, rad, shape (n, joints)."""
        return self._environment.state.position - self._rest

    @property
    def _truth(self) -> Array:
        observed = self._environment.get_observations()
        return observed["critic"].numpy()[:, observed["actor"].shape[1] :]

    def wise(self, obey: Array, settings: WindowSettings) -> Array:
        """What the primitives' own networks would do, less of it, or nothing; rad, shape (n, joints).

        At the middle of the dial a share of the motion is done, and none where :meth:`aside` says so; at its upper end
        all of it anywhere, at its lower end nothing. What sees the object's place is the teacher alone.
        """
        persons = self.persons
        kinds = np.where(self.aside(obey, settings), REST, persons.asked)
        answers = self._primitives.answers(self.felt, kinds, persons.age)
        size = np.array([settings.sizes.get(name, settings.size) for name in self._primitives.names])[persons.asked]
        answers *= (np.minimum(2.0 * obey, 1.0) * size + np.maximum(2.0 * obey - 1.0, 0.0) * (1.0 - size))[:, None]
        share = np.clip(persons.age / 0.5, 0.0, 1.0)[:, None]
        return (1.0 - share) * self._from + share * answers

    def aside(self, obey: Array, settings: WindowSettings) -> Array:
        """Where what is asked would take an object further off that lies far off already, or has come there that way,
        bool, shape (n,)."""
        dial = obey / np.maximum(1.0 - obey, 1e-3)
        away = np.linalg.norm(self.place, axis=1)
        ahead = np.einsum("ni,ni->n", self.place, self._primitives.towards[self.persons.asked])
        back = ahead < -BACK * away  # what brings the object back is no risk
        return ((away > dial * settings.far) & ~(back & (obey > 0.0))) | (ahead > dial * settings.done)

    def step(self, targets: Array) -> None:
        """One run of the controllers, with joint targets from the bowl, rad, shape (n, joints)."""
        _, _, done, _ = self._environment.step(torch.from_numpy(targets / self._scale))
        self.lost = done.numpy()
        if self.lost.any():
            self.persons.begin(np.flatnonzero(self.lost))
        self._hear()


def _task(robot: RobotSpec, settings: CoarseSettings, worlds: int, count: int) -> HandTrainingTask:
    """A task without rewards, whose episodes end with a loss alone."""
    observations = (
        {"name": "joint_pos_rel", "noise": 0.004, "frames": 3}, {"name": "joint_vel_rel", "noise": 0.1},
        {"name": "last_action", "frames": 3},
    )  # fmt: skip
    return HandTrainingTask.model_validate(
        {
            "robot": robot.name, "skill": "coarse", "pose": "cradle", "rate": RATE, "observations": observations,
            "observation_clip": 100.0, "action_scale": 0.25, "action_clip": 10.0, "clock": 1.0,
            "objects": settings.objects, "worlds": worlds, "rewards": ({"name": "alive", "weight": 0.0},),
            "events": HandEventTask(episode=LONG, blend=0.0, push_speed=0.02, motor_strength=(0.89, 1.11)),
            "lost": LossTask(strayed=settings.strayed, penalty=0.0), "ppo": PpoTask(robots=count),
        }
    )  # fmt: skip
