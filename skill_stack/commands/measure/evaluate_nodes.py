"""Episodes of a scenario through every process of a deployment, in real time, judged on simulator truth."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from skill_stack.benchmarks.stack.private_place import private_environment, private_namespace
from skill_stack.commands.common import join_ros, simulation_of
from skill_stack.commands.measure.through_nodes.episode import play
from skill_stack.commands.measure.through_nodes.stage import EvaluationStage
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, load_deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of, truth_path
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel, snapshot_path
from skill_stack.core.shared_memory.truth_channel import TruthChannel
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.evaluation.episode import Episode, Job
from skill_stack.evaluation.suite import Suite
from skill_stack.hardware.mujoco.truth_details import TruthDetails
from skill_stack.runtime.bringup.processes import ProcessSpec
from skill_stack.runtime.episodes.scenario_world import varied_scene

Array = np.ndarray
READY = 600.0  # s until the stack must work; a busy machine takes minutes
STATES = "--cameras"  # has the simulator publish its whole state


class NodesRunner:
    """See :class:`skill_stack.evaluation.episode.EpisodeRunner`."""

    def __init__(self, suite: Suite, speed: str | None, resources: Resources) -> None:
        """Starts no stack.

        Args:
            suite: The suite.
            speed: ``real`` (None too), or ``max``: simulated time runs ahead of the clock.
            resources: Where deployments, robots and scenes are.
        """
        self._suite, self._speed, self._resources = suite, speed, resources

    def run(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        """Runs episodes, a few tasks in words on each stack; every skill begins with its own stack.

        Raises:
            SkillStackError: A stack does not come up, or an episode needs what only the in-process runner has.
        """
        for task, _ in jobs:
            if "thrown" in task.begins:
                raise DataError(f"'{task.name}' begins thrown, which the in-process runner alone can: --through line")
        for jobs_of_stack in self._stacks(jobs):
            with self._stage(jobs_of_stack[0]) as stage:
                for task, seed in jobs_of_stack:
                    yield play(stage, self._suite, task, seed)

    def _stacks(self, jobs: Sequence[Job]) -> Iterator[list[Job]]:
        """Jobs that share a stack: of one world, and as many as the suite allows."""
        worlds = groupby(sorted(jobs, key=lambda job: job[1]), lambda job: (job[1], job[0].scene, bool(job[0].skill)))
        for (_, _, skill), group in worlds:
            listed = list(group)
            together = 1 if skill else self._suite.together
            yield from (listed[at : at + together] for at in range(0, len(listed), together))

    def _deployment(self, scene: Path, seed: int, namespace: str) -> Deployment:
        suite = self._suite
        name = suite.deployment or simulation_of(suite.robot)
        changes: dict[str, Any] = {
            "namespace": namespace, "pace": "lock_step" if self._speed == "max" else "real_time", "seed": seed,
            "scene": str(scene), "monitor": MonitorConfig(enabled=False).model_dump(),
        }  # fmt: skip
        return load_deployment(self._resources.deployment(name), **changes)

    @contextmanager
    def _stage(self, job: Job) -> Iterator[EvaluationStage]:
        """The stack of a job; raises SkillStackError where it does not start."""
        task, seed = job
        scene = varied_scene(self._resources, self._suite, task)
        with raised(self._resources, scene, seed, lambda file, name: self._deployment(file, seed, name)) as stage:
            yield stage


@contextmanager
def raised(
    resources: Resources, scene: SceneFile, seed: int, deploy: Callable[[Path, str], Deployment]
) -> Iterator[EvaluationStage]:
    """Starts a stack in its own environment, without stored records, and ends it afterwards.

    Args:
        resources: Where robots and skills are.
        scene: The scene.
        seed: Its seed.
        deploy: Makes the deployment, of the scene's file and a namespace.

    Raises:
        SkillStackError: It does not come up.
    """
    from skill_stack.runtime.bringup.bring_up import BringUp
    from skill_stack.runtime.bringup.processes import describe
    from skill_stack.runtime.bringup.run_file import RunFile

    with tempfile.TemporaryDirectory(prefix="skill-stack-eval-") as folder:
        environment = private_environment({**os.environ, "SKILL_STACK_OVERLAY": folder}, os.getpid())
        os.environ["ROS_DOMAIN_ID"] = environment["ROS_DOMAIN_ID"]
        join_ros()
        namespace = private_namespace("eval")
        file = Path(folder) / "world.yaml"
        file.write_text(yaml.safe_dump(scene.model_dump(mode="json")), encoding="utf-8")
        deployment = deploy(file, namespace)
        robot = load_robot(resources.robot(deployment.robot), resources)
        place = (namespace, domain_of(os.environ), os.getuid())
        logs = Path(folder) / "log"
        logs.mkdir()
        processes = tuple(_watched(one) for one in describe(deployment, resources))
        up = BringUp(processes, RunFile(block_path(*place)), logs, environment, lambda text: None)
        setup, library = set_up(scene, seed), load_library(resources, robot)
        details = TruthDetails.from_setup(robot, setup)
        with up:
            up.wait_ready(READY)
            states = SnapshotChannel(snapshot_path(block_path(*place)), details.size)
            with closing(TruthChannel(truth_path(*place))) as channel, closing(states):
                yield EvaluationStage(namespace, channel, states, details, setup, robot, library, up.poll)


def _watched(process: ProcessSpec) -> ProcessSpec:
    """The simulator with its whole state published for scoring; any other process unchanged."""
    if process.name != "simulator" or STATES in process.arguments:
        return process
    return replace(process, arguments=(*process.arguments, STATES))


