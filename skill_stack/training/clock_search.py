"""A search for what a task's prior adds by the gait clock: ``python -m skill_stack.training.clock_search g1 stroll``.

A network that walks is often good but for some rewards that it never learnt, such as soles that do not slide. Few
numbers change that: what is added to the joints of each leg by sine and cosine of its foot's phase (``prior.clock``).
The cross-entropy method finds them by the task's rewards without exploration, which would hide how soles slide.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
import yaml

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.export import deployed_policy
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.skill_parser import named
from skill_stack.training.tasks.prior import PriorTask, make_prior
from skill_stack.training.tasks.task import TrainingTask, load_task
from skill_stack.training.teacher_search import SearchSettings, improve, search_parser

Array = np.ndarray

SETTLED = 1.4
"""Time after which rewards count, s."""
SPREAD = (0.25, 0.25, 0.12)
"""Standard deviation at the beginning of what sine, cosine and one are multiplied with, as an action."""
FALL = 3.0
"""Mean reward that a fall costs, per second."""
NEVER = 1e6  # s


class ClockTrial:
    """Tries numbers of ``prior.clock``, each set with the same commands; see ``teacher_search.NumbersTrial``."""

    good = "upright"

    def __init__(self, robot: RobotSpec, task: TrainingTask, network: Path, seed: int, each: int) -> None:
        """Builds the environment: a true velocity is seen, nobody is pushed, and goals stay what they are.

        Args:
            robot: The robot.
            task: The task.
            network: Checkpoint or exported policy that the numbers are for.
            seed: Seed of worlds.
            each: Robots of a set.

        Raises:
            DataError: The task has no such numbers, or the network does not fit.
        """
        if not task.prior.clock:
            raise DataError(f"{task.robot}/{task.skill}: train.yaml has no 'prior.clock' to search numbers for")
        self._joints, self._each = tuple(task.prior.clock), each
        self.mean = np.array(list(task.prior.clock.values())).ravel()
        self.spread = np.tile(SPREAD, len(self._joints))
        events = task.events.model_copy(
            update={"push_interval": (NEVER, NEVER), "command_interval": (NEVER, NEVER), "episode": NEVER}
        )
        bare = task.model_copy(
            update={"prior": task.prior.model_copy(update={"clock": {}}), "estimated": False, "events": events}
        )
        self._environment = WalkEnvironment(robot, bare, seed)
        self._network = deployed_policy(robot, bare, network).network
        # Each number's share in the actions, at a sine, a cosine and a one of each foot: linear in all of them.
        units = np.eye(len(self.mean)).reshape(len(self.mean), len(self._joints), 3)
        self._units = [make_prior(bare.contract(robot), PriorTask(clock=self.clock(unit))) for unit in units]

    def clock(self, numbers: Array) -> dict[str, tuple[float, float, float]]:
        """Numbers as ``prior.clock`` has them, shape (numbers,)."""
        rows = np.round(np.reshape(numbers, (-1, 3)), 3).tolist()
        return {name: (row[0], row[1], row[2]) for name, row in zip(self._joints, rows)}

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """See ``teacher_search.NumbersTrial``."""
        environment, rate = self._environment, self._environment.robot.control_rate
        environment.restart()
        goals = environment.commands.command[: self._each].copy()
        goals = np.tile(goals, (len(rows) // self._each + 1, 1))[: len(rows)]
        upright, reward = np.ones(len(rows), dtype=bool), np.zeros(len(rows))
        settled = round(SETTLED * rate)
        for tick in range(ticks):
            environment.commands.command[:] = goals
            added = sum(unit(environment._seen) * rows[:, place, None] for place, unit in enumerate(self._units))
            with torch.inference_mode():
                action = self._network(environment.get_observations()["actor"])
            _, got, done, _ = environment.step(action + torch.from_numpy(np.asarray(added, dtype=np.float32)))
            upright &= ~done.numpy()
            if tick >= settled:
                reward += got.numpy() * upright
        return reward * rate / max(1, ticks - settled) - FALL * ~upright, upright


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = search_parser(
        "clock_search",
        "Search for what a task's prior adds by the gait clock; prints it as YAML for train.yaml.",
        "g1 stroll --generations 16",
        "a skill whose train.yaml has prior.clock",
        SearchSettings(16, 28, 190),
        10,
    )
    parser.add_argument("--network", type=Path, help="checkpoint or exported policy (default: the task's predecessor)")
    parser.add_argument("--each", type=int, default=8, help="robots that each is tried on (default: 8)")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    task = load_task(folder)
    ppo = task.ppo.model_copy(update={"robots": options.candidates * options.each})
    network = options.network or resources.find(f"models/{options.robot}/{task.predecessor}/policy.onnx", "policy")
    trial = ClockTrial(robot, task.model_copy(update={"ppo": ppo}), network, options.seed, options.each)
    settings = SearchSettings(options.generations, options.candidates, options.ticks)
    found = improve(trial, ppo.robots, options.seed, settings, lambda text: print(text, flush=True))
    clock = {name: list(values) for name, values in trial.clock(found).items()}
    print(yaml.safe_dump({"prior": {"clock": clock}}, sort_keys=False, default_flow_style=None), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
