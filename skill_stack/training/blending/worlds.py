"""BlendWorlds: whole-body tasks in the runtime's line, as a vectorised environment that takes decisions."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from tensordict import TensorDict

from skill_stack.connector.whole_body import learnt_mixer, legs_mixer
from skill_stack.connector.whole_body.decisions import PERIOD, sees
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.evaluation.bodies.body_scenes import body_scene
from skill_stack.planner.planner import Planner
from skill_stack.runtime.bodies.body_line import BodyLine
from skill_stack.runtime.bodies.other_methods import alone, library_of
from skill_stack.training.blending.settings import BlendSettings, Method
from skill_stack.training.learners.statistics import TrainingStatistics
from skill_stack.training.physics.training_environment import TrainingEnvironment

Array = np.ndarray
CYCLE = 2.5
"""Control ticks in a cycle of the connector."""
AFTER = 1.0
"""Time for which a task that is done goes on, s."""
NAMES = {"learnt": learnt_mixer.names_of, "legs": legs_mixer.names_of}
"""Names of actions by mixer."""
TERMS = ("closer", "near", "done", "fall", "power")


@dataclass(slots=True)
class Told:
    """See :class:`skill_stack.connector.whole_body.decisions.Actor`: a learner decides between two looks.

    Attributes:
        method: What actions mean.
        inputs: What is seen.
        seen: What was seen last.
        action: What to do.
        looks: How often was looked.
    """

    method: str
    inputs: tuple[str, ...]
    seen: Array
    action: Array
    looks: int = 0

    def see(self, numbers: Array) -> None:
        """See the class."""
        self.seen, self.looks = numbers, self.looks + 1

    def act(self) -> Array:
        """See the class."""
        return self.action


@dataclass(slots=True)
class _World:
    """A robot at a task."""

    line: BodyLine
    told: Told
    came: float
    figures: list[float] = field(default_factory=list)


class BlendWorlds(TrainingEnvironment):
    """Robots that begin another task in another world whenever one is over.

    Attributes:
        inputs: Names of what is seen.
        names: Names of the actions.
        ticks: Control ticks of all robots so far.
        ended: Task, whether it was done without a fall, and number of the robot, of every episode that is over.
        decisions_a_second: Decisions of a robot per second.
    """

    def __init__(
        self, robot: RobotSpec, library: SkillLibrary, skill: str, settings: BlendSettings, method: Method, seed: int
    ) -> None:
        """Begins the first episodes.

        Args:
            robot: The robot.
            library: Its skills.
            skill: The blended one.
            settings: Of learning.
            method: What actions mean.
            seed: Of the order of the worlds.
        """
        self._robot, self._library, self._settings = robot, alone(library_of(library, method)), settings
        self._planner = Planner(self._library)
        spec = library[skill]
        assert spec.blended is not None, "it is a blended skill"
        self.names = NAMES[spec.blended.mixer](method, spec, library, robot)
        self._method, self.inputs = method, sees(method, settings.tasks, robot, "take" in self.names)
        self.num_envs, self.num_actions = settings.ppo.robots, len(self.names)
        self.task, self.device, self.level = settings, "cpu", 1.0
        self.cfg: dict[str, Any] = {}
        self.max_episode_length = 1_000_000  # episodes end by themselves
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.statistics = TrainingStatistics(TERMS)
        self.ticks, self._episodes = 0, 0
        self._seed = settings.first_seed + 100_000 * seed
        self.ended: list[tuple[str, bool, int]] = []
        self.decisions_a_second = robot.control_rate / (PERIOD[method] * CYCLE)
        self._worlds = [self._begun() for _ in range(self.num_envs)]

    def _begun(self) -> _World:
        """A new episode up to its first look."""
        task = self._settings.tasks[self._episodes % len(self._settings.tasks)]
        gc.collect()  # a line is in circles of references, and large
        scene = body_scene(task, self._seed + self._episodes, self._robot.name)
        self._episodes += 1
        told = Told(self._method, self.inputs, np.zeros(len(self.inputs)), np.zeros(self.num_actions))
        world = _World(BodyLine(self._robot, self._library, self._planner, scene, told), told, 0.0)
        self._until_look(world)
        world.came = world.line.came
        return world

    def _until_look(self, world: _World) -> bool:
        """Goes on until the mixer looks again; whether the episode goes on."""
        looks, on = world.told.looks, True
        while on and world.told.looks == looks:
            on = world.line.advance() and not world.line.now - world.line.began - world.line.done_at > AFTER
            self.ticks += 1
        return on

    def get_observations(self) -> TensorDict:
        """What every robot sees; the critic also knows how near to done it is."""
        seen = np.stack([world.told.seen for world in self._worlds]).astype(np.float32)
        truth = np.array([[world.line.came, world.line.holds] for world in self._worlds], np.float32)
        actor = torch.from_numpy(np.clip(seen, -5.0, 5.0))
        groups = {"actor": actor, "critic": torch.cat([actor, torch.from_numpy(truth)], dim=1)}
        return TensorDict(groups, batch_size=[self.num_envs])

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """One decision of every robot; see ``rsl_rl.env.VecEnv.step``."""
        rows, done = np.zeros((self.num_envs, len(TERMS))), np.zeros(self.num_envs, bool)
        for number, (world, action) in enumerate(zip(self._worlds, actions.detach().numpy().astype(float))):
            world.told.action = np.clip(action, -5.0, 5.0)
            before = len(world.line.powers)
            done[number] = not self._until_look(world)
            rows[number] = self._terms(world, before)
            if done[number]:
                self.ended.append((world.line.kind, world.line.done and not world.line.fallen, number))
                self._worlds[number] = self._begun()
        dt = 1.0 / self.decisions_a_second
        fallen = rows[:, TERMS.index("fall")] != 0.0
        self.statistics.add(dt, {"done": self.success()}, rows.mean(axis=0), fallen)
        self.episode_length_buf += 1
        rewards = torch.from_numpy(rows.sum(axis=1).astype(np.float32))
        return self.get_observations(), rewards, torch.from_numpy(done).long(), {}

    def _terms(self, world: _World, before: int) -> Array:
        """The weighted reward terms of a decision; per second where they last."""
        line, weights = world.line, self._settings.rewards
        dt = 1.0 / self.decisions_a_second
        closer, world.came = line.came - world.came, line.came
        power = float(np.mean(line.powers[before:])) if len(line.powers) > before else 0.0
        return np.array([
            weights.closer * closer, weights.near * line.came * dt, weights.done * line.holds * dt,
            weights.fall * line.fallen, weights.power * power * dt,
        ])  # fmt: skip

    def success(self, last: int = 64) -> float:
        """Share of the last episodes that were done, with the exploration of the learner."""
        return float(np.mean([done for _, done, _ in self.ended[-last:]])) if self.ended else 0.0

    def done_by_robot(self) -> Array:
        """The same by robot, shape (robots,); 0 for one that has ended nothing."""
        rows = ([done for _, done, one in self.ended if one == robot] for robot in range(self.num_envs))
        return np.array([np.mean(row or [False]) for row in rows])

    def by_task(self, last: int = 160) -> dict[str, float]:
        """The same by task."""
        rows = self.ended[-last:]
        return {task: float(np.mean([done for one, done, _ in rows if one == task] or [False]))
                for task in self._settings.tasks}  # fmt: skip

    def tracking(self, summary: dict[str, float]) -> float:
        """See :class:`skill_stack.training.physics.training_environment.TrainingEnvironment`."""
        return self.success()
