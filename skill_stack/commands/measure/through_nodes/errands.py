"""Errands through every process of a deployment, in lock-step, judged on simulator truth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from skill_stack.commands.common import block_of, simulation_of
from skill_stack.commands.measure.evaluate_nodes import raised
from skill_stack.commands.measure.evaluate_picking import ask_and_wait
from skill_stack.commands.measure.through_nodes.episode import Speaker, WatchedEpisode, outcome_of, words_act
from skill_stack.commands.measure.through_nodes.stage import LOOK, EvaluationStage
from skill_stack.connector.kinematics.reach_map import HAND, TIP
from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera
from skill_stack.core.robots.deployment import Deployment, MonitorConfig, load_deployment
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.robot_stop import ask_robot
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.scene_file import ObjectFile, SceneFile
from skill_stack.evaluation.bodies.body_scenes import body_scene
from skill_stack.evaluation.scenes.blocked_scenes import BlockedScene, blocked_scene
from skill_stack.evaluation.scenes.building_scenes import red_tower
from skill_stack.evaluation.scenes.changing_rooms import DoorWatch, Spot, changing_rooms
from skill_stack.evaluation.scenes.failure_scenes import FailureScene, failure_scene
from skill_stack.evaluation.scenes.handling_scenes import HandlingScene, handling_scene
from skill_stack.evaluation.scenes.hinged.door_scenes import BALL, DOOR, door_scene, leaf_here
from skill_stack.evaluation.scenes.hinged.lid_scenes import LID, lid_scene
from skill_stack.evaluation.scores.building_score import STANDING, standing
from skill_stack.evaluation.scores.contrast_score import ContrastScore
from skill_stack.evaluation.scores.failure_score import FailureScore
from skill_stack.evaluation.scores.room_score import RoomScore
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.mujoco.object_mover import recall, true_place
from skill_stack.hardware.mujoco.persons.joint_finder import JointFinder, Joints
from skill_stack.perception.scene.detection import KINDS
from skill_stack.planner.dialogue.remedies import MAY_I, cause_in
from skill_stack.runtime.bodies.body_episodes import BodyEpisodes
from skill_stack.runtime.bodies.body_truth import HOLD, SKILL, BodyTruth, nose_of
from skill_stack.runtime.episodes.errands.blocked_episodes import judge_way
from skill_stack.runtime.episodes.errands.door_episodes import judge_door
from skill_stack.runtime.episodes.errands.failure_episodes import DELIVERED
from skill_stack.runtime.episodes.errands.robot_episodes import judge_arrival
from skill_stack.runtime.episodes.errands.room_episodes import RoomEpisodes, length_of
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
NAMED = {"go_to": "go to the red ball", "push_object": "push the pink box to the orange cone"}
"""Words for what is asked for where something goes wrong, by skill."""
FELT = ("button", "box_press")
"""Whole-body tasks that forces judge, which the states of another process do not tell."""
LOOKED = 12.0
"""Task time by which a camera has seen what there is before it goes wrong, s: nodes begin within some 7 s."""
HEAVY = 150.0
"""Mass of what moves and is not to be pushed, kg."""
PERSON, SOONER = "anna", 0.4
"""Who steps into the way there, and how much sooner than in one process, m of the robot's way: a camera measures
nothing nearer than 0.25 m, and a dog at full speed comes as far in half a second."""
MOVING = {
    "red_ball": {"movable": True, "mass": 0.5}, "crate": {"movable": True, "mass": HEAVY},
    PERSON: {"movable": True, "mass": HEAVY},
}  # fmt: skip
"""What comes and goes there: a simulated camera draws what moves where it is then, and all else where it was."""
WALL = 0.15
"""Height of walls there, m: a camera in the head of a dog sees a ball of 0.24 m behind them."""
LAST = 0.5
"""Time at the end over which fingertips are judged, s."""
SETTLED = 1.5
"""Task time after the end over which it is watched, s."""


def spoken(
    stage: EvaluationStage, words: str, settled: float = SETTLED, looked: float = 0.0,
    meanwhile: Callable[[Truth], None] | None = None, answer: Callable[[str], str] = lambda question: "",
) -> tuple[WatchedEpisode, str, str]:  # fmt: skip
    """Says something to a running stack and watches until it stands again.

    Args:
        stage: The stack.
        words: The words.
        settled: Task time after the end over which it is watched, s.
        looked: Task time up to which a camera sees what there is before the words, s.
        meanwhile: Is told of every look at the truth from the words on.
        answer: What a person answers to a question, see :func:`.episode.words_act`.

    Returns:
        What was seen, and the outcome and reason that the robot told.

    Raises:
        SkillStackError: The stack broke down.
    """
    speaker = Speaker(stage.namespace, words_act(words, answer))
    speaker.ready.wait()
    seen, began, ended = WatchedEpisode(), time.monotonic(), None
    while (truth := stage.now()).task_time < looked and time.monotonic() - began < STUCK:
        stage.poll()
        time.sleep(LOOK)
    seen.look(stage, truth)
    speaker.speak()
    while ended is None or seen.way[-1].task_time < ended + settled:
        stage.poll()
        time.sleep(LOOK)
        truth = stage.now()
        if truth.task_time > seen.way[-1].task_time:
            seen.look(stage, truth)
            if meanwhile is not None:
                meanwhile(truth)
        if ended is None and not speaker.busy:
            ended = seen.ended = truth.task_time
        if seen.seconds > PATIENCE or time.monotonic() - began > STUCK:
            speaker.give_up()
            return seen, "failed", f"not done after {seen.seconds:.0f} s of simulated time"
    return seen, speaker.outcome, speaker.reason


class NodeEpisodes:
    """What runs on stacks of its own, by the stated map.

    Attributes:
        camera: Whether it needs a deployment in which a camera sees what is there.
    """

    camera = False

    def __init__(self, resources: Resources, robot: str) -> None:
        """Starts no stack.

        Args:
            resources: Where robots, skills and deployments are.
            robot: Name of the robot; one of its deployments has a camera where one is needed.
        """
        self._resources = resources
        self._deployment = CAMERA_DEPLOYMENTS[robot] if self.camera else simulation_of(robot)


class _SeenEpisodes(NodeEpisodes):
    """What a camera has to see."""

    camera = True


class NodeWays(NodeEpisodes):
    """Ways by words through all processes, and the same in one process."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what all episodes share; raises SkillStackError where a file is missing or wrong."""
        super().__init__(resources, robot)
        self._episodes = WayEpisodes(resources, robot)

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the instruction of a seed; ``without`` is whether it was kept to in one process."""
        scene, alone = self._episodes.scene(seed), self._episodes.score(seed)
        with stage_of(self._resources, self._deployment, scene.file, seed) as stage:
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
        with stage_of(self._resources, deployment, scene.file, scene.seed) as stage:
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


class NodeDoors(_SeenEpisodes):
    """Doors that are opened and closed by words, through all processes, by what a camera sees of a known map."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the words of a seed; without hinges in the map they are refused, so nothing is compared."""
        scene = door_scene(seed)
        with stage_of(self._resources, self._deployment, scene.file, seed, scene.file) as stage:
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
    """Ways that something blocks, through all processes, by what a camera sees of a map that lacks what is hidden.

    A camera does not tell what may be pushed. A person who sees the floor answers when the robot asks.
    """

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the floor of a seed; there is nothing to compare with."""
        return self._score(blocked_scene(seed))

    def leaf_here(self, seed: int) -> ContrastScore:
        """The same of a door that opens towards the robot and is on no map: it has to be named and left."""
        return self._score(leaf_here(seed))

    def _score(self, scene: BlockedScene) -> ContrastScore:
        seed = scene.seed
        known = [one for one in scene.file.objects if one.id not in scene.hidden]
        told = scene.file.model_copy(update={"objects": tuple(known)})
        with stage_of(self._resources, self._deployment, scene.file, seed, told) as stage:
            things = stage.setup.graph().objects
            spared = things.get(scene.untouched)
            looks = f"{spared.colour} {KINDS[spared.shape]}" if spared is not None else ""

            def answer(question: str) -> str:
                return "" if MAY_I not in question else "no" if looks and f"{MAY_I} {looks}" in question else "yes"

            seen, outcome, reason = spoken(stage, scene.words, answer=answer)
            device = MujocoDevice(stage.robot, stage.setup, "default")
        recall(device, seen.states[-1])
        if spared is not None and spared.id in scene.hidden:
            reason = reason.replace(looks, spared.label)  # the person knows what looks so
        wrong = judge_way(scene, things, device, seen.way, (outcome_of(outcome), reason))
        return ContrastScore(seed, scene.words, scene.told, not wrong, False, wrong, seen.seconds)


class NodeExplained(_SeenEpisodes):
    """Errands in which something goes wrong on the way, through all processes: whether the sentence tells what.

    A robot may also mend it: what is pushed has then truly arrived, and nothing is left to tell. Where something is
    pushed the map has it, as no camera knows a cone; otherwise the robot knows only what it sees.
    """

    def score(self, seed: int) -> FailureScore:
        """Runs the scene of a seed and compares the told cause with what went wrong.

        A person is told by a network that finds joints, which a user brings; here a simulated one, with its errors.
        """
        scene = failure_scene(seed)
        person = scene.cause is FailureCause.PERSON
        objects = [_as_drawn(one) for one in scene.file.objects if person or one.id != PERSON]
        world = scene.file.model_copy(update={"objects": tuple(objects)})
        words = NAMED[scene.skill]
        with ExitStack() as ends:
            told_map = scene.file if scene.push else None
            stage = ends.enter_context(stage_of(self._resources, self._deployment, world, seed, told_map))
            hook = _Mishap(stage, scene)
            network = ends.enter_context(_joints(stage, self._resources, seed)) if person else None

            def look(truth: Truth) -> None:
                hook.look(truth)
                if network is not None:
                    network.look(truth)

            seen, outcome, said = spoken(stage, words, looked=LOOKED, meanwhile=look)
            mended = scene.push and outcome == "succeeded" and hook.delivered()
        told = scene.cause.value if mended else cause_in(said)
        wrong = "it fell" if any(one.fallen for one in seen.way) else f"{outcome}, told '{told}': {said}"
        wrong = wrong if hook.done else f"nothing went wrong: {outcome}: {said}"
        named = wrong.startswith(outcome) and told == scene.cause.value
        return FailureScore(seed, words, scene.cause.value, told, named, "" if named else wrong, said)


def _as_drawn(thing: ObjectFile) -> ObjectFile:
    """A thing of a scene in which something goes wrong, as a camera has to see it."""
    low = {"size": (*thing.size[:2], WALL)} if thing.kind == "wall" else {}
    return thing.model_copy(update=MOVING.get(thing.id, low))


class _JointNetwork:
    """A network of a user that finds the joints of a person, who is one of the things of a scene."""

    def __init__(self, stage: EvaluationStage, camera: CameraSpec, seed: int, tell: Callable[[Joints], None]) -> None:
        self._stage, self._tell, self._period, self._due = stage, tell, 1.0 / camera.rate, 0.0
        self._finder = JointFinder(camera, stage.setup.graph()[PERSON], np.random.default_rng((seed, 7)))

    def look(self, truth: Truth) -> None:
        """Tells what is found, once per picture."""
        if truth.task_time < self._due:
            return
        self._due = truth.task_time + self._period
        x, y, *_ = self._stage.details.movable_ways([self._stage.state()])[PERSON][0].tolist()
        found = self._finder.find(truth, x, y)
        if found:
            self._tell(found)


@contextmanager
def _joints(stage: EvaluationStage, resources: Resources, seed: int) -> Iterator[_JointNetwork]:
    """Such a network beside a running stack."""
    from skill_stack.nodes.clients.mirrors.joint_sender import joint_sender

    with joint_sender(stage.namespace) as tell:
        yield _JointNetwork(stage, load_camera(resources.robot(stage.robot.name)), seed, tell)


class _Mishap:
    """Lets a scene go wrong once it is due.

    Attributes:
        done: Whether it has.
    """

    def __init__(self, stage: EvaluationStage, scene: FailureScene) -> None:
        self._stage, self._scene, self.done = stage, scene, False
        self._geom = stage.details.geom(scene.thing) if scene.thing else 0

    def look(self, truth: Truth) -> None:
        """Takes where the robot is."""
        place, gap = truth.position[:2], math.inf
        if self._scene.push:
            x, y = self._thing()
            size = self._stage.setup.graph()[self._scene.thing].size[0]
            gap = math.dist(place, (x, y)) - size / 2 - self._stage.robot.footprint.front
        sooner = SOONER if self._scene.thing == PERSON else 0.0
        if not self.done and self._scene.is_due(float(place[0]) + sooner, gap):
            self.done = True
            self._happen()

    def delivered(self) -> bool:
        """Whether what is pushed has arrived."""
        return math.dist(self._thing(), self._stage.setup.graph()["orange_cone"].position[:2]) <= DELIVERED

    def _thing(self) -> tuple[float, float]:
        x, y, *_ = self._stage.details.movable_ways([self._stage.state()])[self._scene.thing][0].tolist()
        return x, y

    def _happen(self) -> None:
        scene, channel, (x, y) = self._scene, self._stage.channel, self._scene.point
        if scene.injection == "load":
            channel.loads.give(self._geom, x)
        elif scene.injection == "aside":
            at = self._thing()
            channel.places.give(self._geom, at[0] + x, at[1] + y)
        elif scene.thing:
            channel.places.give(self._geom, x, y)
        else:  # sensors that are silent would stop simulated time
            ask_robot(block_of(self._stage.namespace), "estop")


class NodeRooms(_SeenEpisodes):
    """Walks through rooms whose doors close and open, through all processes, by what a camera sees of the first map."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what walks with the true map share, in one process."""
        super().__init__(resources, robot)
        self._episodes = RoomEpisodes(resources, robot)

    def score(self, seed: int) -> RoomScore:
        """Runs and judges the walk of a seed; its length is compared with that of one with the true map."""
        rooms, alone = changing_rooms(seed), self._episodes.score(seed)
        leaves = {name: {"movable": True, "mass": HEAVY} for name in rooms.doors}
        world = [one.model_copy(update=leaves.get(one.id, {})) for one in rooms.file.objects]
        known = [one for one in rooms.file.objects if one.id not in rooms.doors or one.id in rooms.closed]
        files = [rooms.file.model_copy(update={"objects": tuple(objects)}) for objects in (world, known)]
        doors, moved = DoorWatch(rooms), list[tuple[str, Spot]]()
        with stage_of(self._resources, self._deployment, files[0], seed, files[1]) as stage:

            def change(truth: Truth) -> None:
                moved.extend(doors.take((float(truth.position[0]), float(truth.position[1]))).items())
                if moved:  # one from look to look: the simulator takes the newest alone
                    name, place = moved.pop(0)
                    stage.channel.places.give(stage.details.geom(name), *place)

            seen, outcome, said = spoken(stage, alone.words, meanwhile=change)
            verdict = judge_arrival(seen.way, stage.setup.graph()[rooms.target])
        wrong = "" if verdict.passed else f"not at the target: {verdict.reason}; the robot said: {outcome}: {said}"
        wrong = "it fell" if any(one.fallen for one in seen.way) else wrong
        length = round(length_of(seen.way), 2)
        return RoomScore(
            seed, alone.words, rooms.kind, not wrong, doors.retried, length, alone.known, wrong, seen.seconds
        )


class NodeBodies(_SeenEpisodes):
    """Whole-body tasks by a sentence, through all processes, with map and camera: those that places alone judge."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads what the same tasks in one process need."""
        super().__init__(resources, robot)
        library = load_library(resources, load_robot(resources.robot(robot), resources))
        offered = next(one.choices for one in library[SKILL].goal if one.name == "task")
        self._robot, self._nose, self._alone = robot, nose_of(library), BodyEpisodes(resources, robot, ())
        self._tasks = [task for task in HOLD if task in offered and task not in FELT]

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges a task, by turns; ``without`` is whether it was done in one process, in the same world."""
        task = self._tasks[seed % len(self._tasks)]
        scene, alone = body_scene(task, seed, self._robot), self._alone.run(task, "blended", seed)
        words = f"do a {task.replace('_', ' ')} at the target with your whole body"
        with stage_of(self._resources, self._deployment, scene.file, seed, scene.file) as stage:
            device = MujocoDevice(stage.robot, stage.setup, "default")
            seen, outcome, told = spoken(stage, words)
            root, graph = stage.robot.source.base_link, stage.setup.graph()
        recall(device, seen.states[0])
        truth = BodyTruth(device, root, graph, self._nose, task)
        nearest = since = 0.0
        done = False
        for before, now, state in zip(seen.way, seen.way[1:], seen.states[1:], strict=False):
            recall(device, state)
            came, holds = truth.judge()
            nearest, since = max(nearest, came), since + (now.task_time - before.task_time) if holds else 0.0
            done = done or since >= HOLD[task]
        fallen = any(one.fallen for one in seen.way)
        wrong = "it fell" if fallen else f"{nearest:.2f} of it at best; the robot said: {outcome}: {told}"
        good = done and not fallen
        return ContrastScore(seed, words, task, good, alone.passed, "" if good else wrong, seen.seconds)


class NodeLids(_SeenEpisodes):
    """Lids that are opened and closed by words, through all processes, by what a camera sees of a map that errs."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the words of a seed; a lid of which nobody sees how far it is open is not opened."""
        scene = lid_scene(seed)
        with stage_of(self._resources, self._deployment, scene.file, seed, scene.told) as stage:
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
        with stage_of(self._resources, self._deployment, scene.file, seed) as stage:
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


class NodeTwoHands(NodeEpisodes):
    """Tasks for two hands through all processes, by the stated map."""

    def score(self, seed: int) -> ContrastScore:
        """Runs and judges the task of a seed; there is nothing to compare with."""
        scene = two_hand_scene(seed)
        with stage_of(self._resources, self._deployment, scene.file, seed) as stage:
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


def stage_of(
    resources: Resources, deployment: str, scene: SceneFile, seed: int, told: SceneFile | None = None,
    pace: str = "lock_step",
) -> AbstractContextManager[EvaluationStage]:  # fmt: skip
    """A running stack in a scene, at a pace; the map of the things that it has although it has a camera."""
    fixed = {"pace": pace, "seed": seed, "monitor": MonitorConfig(enabled=False).model_dump()}

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
