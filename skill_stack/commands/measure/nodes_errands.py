"""Errands through every process of a deployment, in lock-step, judged on simulator truth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from skill_stack.commands.common import simulation_of
from skill_stack.commands.measure.evaluate_nodes import raised
from skill_stack.commands.measure.evaluate_picking import ask_and_wait
from skill_stack.commands.measure.nodes_episode import Speaker, WatchedEpisode, outcome_of, words_act
from skill_stack.commands.measure.nodes_stage import LOOK, EvaluationStage
from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, load_deployment
from skill_stack.core.rotation import yaw_of
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.evaluation.scenes.blocked_scenes import blocked_scene
from skill_stack.evaluation.scenes.building_scenes import red_tower
from skill_stack.evaluation.scenes.handling_scenes import HandlingScene, handling_scene
from skill_stack.evaluation.scenes.hinged.door_scenes import BALL, DOOR, door_scene
from skill_stack.evaluation.scenes.hinged.lid_scenes import LID, lid_scene
from skill_stack.evaluation.scores.building_score import STANDING, standing
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import recall, true_place
from skill_stack.runtime.episodes.errands.blocked_episodes import judge_way
from skill_stack.runtime.episodes.errands.door_episodes import judge_door
from skill_stack.runtime.episodes.errands.robot_episodes import judge_arrival
from skill_stack.runtime.episodes.errands.way_episodes import WayEpisodes
from skill_stack.runtime.handling.handling_episodes import AFTER, NEAR, distance, not_brought
from skill_stack.runtime.handling.two_hand_episodes import THINGS, TwoHandTruth, judged
from skill_stack.runtime.handling.two_hand_scenes import two_hand_scene

PATIENCE = 240.0
"""Simulated time that an errand may take, s."""
STUCK = 3600.0
"""Wall time after which one that goes on counts as stuck, s; a busy machine takes long and is no failure."""
CAMERA_DEPLOYMENTS = {"gantry_allegro_right": "gantry_camera", "g1": "g1_camera", "go2": "go2_camera"}
"""Deployment of each robot in which a camera sees what is there."""
LAST = 0.5
"""Time at the end over which fingertips are judged, s."""
SETTLED = 1.5
"""Task time after the end over which it is watched, s."""


def spoken(stage: EvaluationStage, words: str, settled: float = SETTLED) -> tuple[WatchedEpisode, str, str]:
    """Says something to a running stack and watches until it stands again.

    Args:
        stage: The stack.
        words: The words.
        settled: Task time after the end over which it is watched, s.

    Returns:
        What was seen, and the outcome and reason that the robot told.

    Raises:
        SkillStackError: The stack broke down.
    """
    speaker = Speaker(stage.namespace, words_act(words))
    speaker.ready.wait()
    seen, began, ended = WatchedEpisode(), time.monotonic(), None
    seen.look(stage, stage.now())
    speaker.speak()
    while ended is None or seen.way[-1].task_time < ended + settled:
        stage.poll()
        time.sleep(LOOK)
        truth = stage.now()
        if truth.task_time > seen.way[-1].task_time:
            seen.look(stage, truth)
        if ended is None and not speaker.busy:
            ended = seen.ended = truth.task_time
        if seen.seconds > PATIENCE or time.monotonic() - began > STUCK:
            return seen, "failed", f"not done after {seen.seconds:.0f} s of simulated time"
    return seen, speaker.outcome, speaker.reason


class NodeWays:
    """Ways by words through all processes, and the same in one process."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the robot.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._resources, self._deployment = resources, simulation_of(robot)
        self._episodes = WayEpisodes(resources, robot)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed; ``without`` is whether it was kept to in one process."""
        scene, alone = self._episodes.scene(seed), self._episodes.score(seed)
        with _stage(self._resources, self._deployment, scene.file, seed) as stage:
            seen, outcome, told = spoken(stage, scene.words)
            reason, _ = self._episodes.judged(scene, seen.way, stage.setup.graph())
        if outcome != "succeeded":
            reason = "; ".join(filter(None, (f"the robot said: {outcome}, {told}", reason)))
        return ContrastScore(seed, scene.words, scene.kind, not reason, alone.kept, reason, seen.seconds)


class NodeTouches:
    """A humanoid that touches, carries and hands over, through all processes; ``without`` is without its camera."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Starts no stack.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the robot; one of its deployments has a camera.
        """
        self._resources, self._deployments = resources, (CAMERA_DEPLOYMENTS[robot], simulation_of(robot))

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed."""
        scene = handling_scene(seed)
        (wrong, seconds), (blind, _) = (self._touched(scene, one) for one in self._deployments)
        return ContrastScore(seed, scene.words, scene.kind, not wrong, not blind, wrong, seconds)

    def _touched(self, scene: HandlingScene, deployment: str) -> tuple[str, float]:
        """What was wrong in a deployment, empty for nothing, and the task time, s."""
        with _stage(self._resources, deployment, scene.file, scene.seed) as stage:
            seen, outcome, told = spoken(stage, scene.words, AFTER)
            missed = _missed(stage, scene, seen)
        if any(one.fallen for one in seen.way):
            return "it fell", seen.seconds
        said = "" if outcome == "succeeded" else f"the robot said: {outcome}: {told}"
        return "; ".join(filter(None, (said, missed))), seen.seconds


def _missed(stage: EvaluationStage, scene: HandlingScene, seen: WatchedEpisode) -> str:
    """What is wrong with where a thing lies in the end, or with the fingertips until then; empty for nothing."""
    graph = stage.setup.graph()
    thing = graph[scene.target]
    if scene.goal:
        return not_brought(scene, _blocks(stage, [thing])[0], graph[scene.goal])
    end = [k for k, one in enumerate(seen.way) if seen.ended - LAST <= one.task_time <= seen.ended]
    states = [seen.states[k] for k in end] or seen.states[-1:]
    links = [HAND.format(side=side) for side in ("left", "right")]
    tips = np.stack([stage.details.link_way(link, states, TIP) for link in links], axis=1)
    off = distance(tips, thing)
    return "" if off <= NEAR else f"the fingertips were {off:.2f} m from it"


class _SeenEpisodes:
    """What a camera has to see."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Starts no stack.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the robot; its deployment has a camera.
        """
        self._resources, self._deployment = resources, CAMERA_DEPLOYMENTS[robot]


class NodeDoors(_SeenEpisodes):
    """Doors that are opened and closed by words, through all processes, by what a camera sees of a known map."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the words of a seed; without hinges in the map they are refused, so nothing is compared."""
        scene = door_scene(seed)
        with _stage(self._resources, self._deployment, scene.file, seed, scene.file) as stage:
            seen, outcome, told = spoken(stage, scene.words)
            graph = stage.setup.graph()
            wrong = [judge_door(scene, graph[DOOR].opened, _opened(stage, seen, DOOR), outcome, told)]
        if any(one.fallen for one in seen.way):
            wrong.append("it fell")
        if scene.kind == "and on":
            verdict = judge_arrival(seen.way, graph[BALL])
            wrong.append("" if verdict.passed else f"not at the ball: {verdict.reason}")
        reason = "; ".join(filter(None, wrong))
        return ContrastScore(seed, scene.words, scene.kind, not reason, False, reason, seen.seconds)


class NodeBlocked(_SeenEpisodes):
    """Ways that something blocks, through all processes, by what a camera sees of a map that lacks what is hidden."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the floor of a seed; there is nothing to compare with."""
        scene = blocked_scene(seed)
        known = [one for one in scene.file.objects if one.id not in scene.hidden]
        told = scene.file.model_copy(update={"objects": tuple(known)})
        with _stage(self._resources, self._deployment, scene.file, seed, told) as stage:
            seen, outcome, reason = spoken(stage, scene.words)
            device = MujocoDevice(stage.robot, stage.setup, "default")
        recall(device, seen.states[-1])
        wrong = judge_way(scene, stage.setup.graph().objects, device, seen.way, (outcome_of(outcome), reason))
        return ContrastScore(seed, scene.words, scene.told, not wrong, False, wrong, seen.seconds)


class NodeLids(_SeenEpisodes):
    """Lids that are opened and closed by words, through all processes, by what a camera sees of a map that errs."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the words of a seed; a lid of which nobody sees how far it is open is not opened."""
        scene = lid_scene(seed)
        with _stage(self._resources, self._deployment, scene.file, seed, scene.told) as stage:
            seen, outcome, told = spoken(stage, scene.words)
            was, opened = stage.setup.graph()[LID].opened, _opened(stage, seen, LID)
        wrong = judge_door(scene, was, opened, outcome, told)
        return ContrastScore(seed, scene.words, scene.kind, not wrong, False, wrong, seen.seconds)


def _opened(stage: EvaluationStage, seen: WatchedEpisode, name: str) -> float:
    """How far a door or a lid is truly open in the end, rad."""
    device = MujocoDevice(stage.robot, stage.setup, "default")
    recall(device, seen.states[-1])
    return true_place(device, stage.setup.graph()[name]).opened


class NodeTowers(_SeenEpisodes):
    """Towers of three with a red block on top, through all processes, by what a camera sees."""

    def score(self, seed: int) -> ContrastScore:
        """Builds and judges the tower of a seed; ``without`` is whether it stood when the robot said that it ended."""
        scene = red_tower(seed)
        blocks = [one.resolve() for one in scene.file.objects if one.movable]
        with _stage(self._resources, self._deployment, scene.file, seed) as stage:
            asked = ask_and_wait(stage, scene.words)
            ended = _blocks(stage, blocks)
            begun, limit = stage.now().task_time, time.monotonic() + STUCK
            while stage.now().task_time < begun + STANDING and time.monotonic() < limit:
                stage.poll()
                time.sleep(LOOK)
            after = _blocks(stage, blocks)
        wrong, _ = standing(scene.kind, scene.count, scene.colours, after)
        stood = not standing(scene.kind, scene.count, scene.colours, ended)[0]
        told = "" if asked.outcome == "succeeded" else f"the robot said: {asked.outcome}: {asked.reason}"
        reason = "; ".join(filter(None, (told, wrong)))
        return ContrastScore(seed, scene.words, scene.kind, not reason, stood, reason, round(asked.seconds, 2))


class NodeTwoHands:
    """Tasks for two hands through all processes, by the stated map."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Starts no stack.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the robot.
        """
        self._resources, self._deployment = resources, simulation_of(robot)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the task of a seed; there is nothing to compare with."""
        scene = two_hand_scene(seed)
        with _stage(self._resources, self._deployment, scene.file, seed) as stage:
            device = MujocoDevice(stage.robot, stage.setup, "default")
            truth = TwoHandTruth(device, stage.setup, THINGS[scene.kind])
            seen, outcome, told = spoken(stage, scene.words, AFTER)
        recall(device, seen.states[0])
        before = truth.places()
        for state in seen.states:
            recall(device, state)
            truth.watch()
        wrong = judged(scene, truth, before, outcome, told)
        return ContrastScore(seed, scene.words, scene.kind, not wrong, False, wrong, seen.seconds)


def _blocks(stage: EvaluationStage, blocks: Sequence[SceneObject]) -> list[SceneObject]:
    """Blocks where they really are."""
    ways = stage.details.movable_ways([stage.state()])
    found = []
    for one in blocks:
        x, y, z, *turn = (float(value) for value in ways[one.id][0])
        found.append(replace(one, position=(x, y, z), yaw=yaw_of(np.array(turn))))
    return found


def _stage(
    resources: Resources, deployment: str, scene: SceneFile, seed: int, told: SceneFile | None = None
) -> AbstractContextManager[EvaluationStage]:
    """A running stack in a scene, in lock-step; the map of the things that it has although it has a camera."""
    fixed = {"pace": "lock_step", "seed": seed, "monitor": MonitorConfig(enabled=False).model_dump()}

    def deploy(file: Path, namespace: str) -> Deployment:
        changes: dict[str, Any] = {**fixed, "namespace": namespace, "scene": str(file)}
        if told is not None:
            seeing = load_deployment(resources.deployment(deployment)).perception
            changes["perception"] = {**seeing.model_dump(), "map_known": True}
            known = file.with_name("map.yaml")
            known.write_text(yaml.safe_dump(told.model_dump(mode="json")), encoding="utf-8")
            changes["parameters"] = {"scene": {"scene": str(known)}, "perception": {"landmarks": str(known)}}
        return load_deployment(resources.deployment(deployment), **changes)

    return raised(resources, scene, seed, deploy)
