"""What a robot says and does when something goes wrong: named in the reason, the robot stands, nothing is dropped."""

import os
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.plan import PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import ObjectFile, SceneFile, set_up
from skill_stack.evaluation.scenes.failure_scenes import CAUSES, failure_scene
from skill_stack.hardware.mujoco.object_mover import move_object
from skill_stack.planner.dialogue.diagnosis import diagnosed
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.errands.failure_episodes import FailureEpisodes
from skill_stack.runtime.episodes.scenario_line import SeeingLine
from skill_stack.runtime.line.team_line import TeamKit, TeamLine, beside

RESOURCES = Resources.from_environment(os.environ)


@pytest.fixture(scope="module")
def kits():
    """A dog and a humanoid, each with its skills."""
    made = {}
    for name in ("go2", "g1"):
        robot = load_robot(RESOURCES.robot(name), RESOURCES)
        library = load_library(RESOURCES, robot)
        made[name] = TeamKit(robot, library, Planner(library))
    return made


def floor(*objects, **more):
    things = tuple(ObjectFile(**one) for one in objects)
    return set_up(SceneFile(name="floor", description="A floor.", size=(14.0, 14.0), objects=things, **more), 0)


@pytest.fixture
def humanoid(kits):
    """Makes a standing humanoid with a camera in a scene."""

    def make(*objects):
        kit = kits["g1"]
        line = SeeingLine(kit.robot, kit.library, floor(*objects), planner=kit.planner)
        line.run_skill("stand", {})
        return line

    return make


def gone(*lines, step):
    """How far each robot goes within the second after the next one, m: what a robot that stands sways."""
    places = []
    for _ in range(2):
        until = lines[0].now + 1.0
        while lines[0].now < until:
            step()
        places.append([line.device.truth().position[:2].copy() for line in lines])
    return [float(np.linalg.norm(there - here)) for here, there in zip(*places, strict=True)]


def ended(line, skill, **arguments):
    """The outcome of a skill; the robot has to stand a second later."""
    result = line.run_skill(skill, arguments)
    assert gone(line, step=line.step)[0] < 0.15 and not line.device.truth().fallen
    return result.steps[-1]


def cause_of(line, step, **arguments):
    node = PlanNode("skill", skill=step.skill, arguments=arguments)
    kinds = line.planner.hazards.kinds.kinds_of
    return diagnosed(step, node, line._library, line.scene, line.scene, kinds).cause


STAND = {"id": "stand", "kind": "stand", "size": (0.22, 0.22, 0.7), "position": (0.3, 0.0), "colour": "grey"}
BOX = {"id": "box", "kind": "box", "size": (0.2, 0.2, 0.2), "position": (0.3, 0.0, 0.8), "colour": "red",
       "movable": True, "mass": 0.5}  # fmt: skip


@pytest.mark.parametrize("mass", [4.0, 8.0, 15.0])
def test_a_box_that_is_too_heavy_for_both_hands_is_let_go_of_where_it_stands(humanoid, mass):
    line = humanoid(STAND, {**BOX, "mass": mass})
    line.run_skill("open_arms", {})
    step = ended(line, "pick_up", target="box")
    assert step.outcome == "failed" and "stays where it is although I lift" in step.reason
    assert cause_of(line, step, target="box") is FailureCause.TOO_HEAVY
    line.idle(1.0)
    x, _, z = line.device.data.body("box").xpos
    assert z == pytest.approx(0.8, abs=0.01) and x == pytest.approx(0.3, abs=0.05)


def test_a_box_that_slips_out_of_the_hands_is_missed(humanoid):
    table = {"id": "table", "kind": "table", "size": (0.7, 1.0, 0.7), "position": (0.0, 3.0), "colour": "brown"}
    line = humanoid(STAND, BOX, table)
    line.idle(0.5)
    began = line.now
    step_of = line.step

    def step():
        if began + 1.0 <= line.now < began + 1.02:
            move_object(line.device, "box", (1.3, 0.4))
        return step_of()

    line.step = step
    step = ended(line, "carry_to", target="table", thing="box")
    assert step.outcome == "failed" and "has slipped out of my hands" in step.reason
    assert cause_of(line, step, target="table", thing="box") is FailureCause.SLIPPED


def test_a_person_who_steps_in_the_way_of_a_carried_box_is_waited_for_with_the_box_in_the_hands(humanoid):
    table = {"id": "table", "kind": "table", "size": (0.7, 1.0, 0.7), "position": (0.0, 3.4), "colour": "brown"}
    sides = {"west": ((-1.0, 1.5), (0.1, 6.0)), "east": ((1.0, 1.5), (0.1, 6.0)),
             "south": ((0.0, -1.5), (2.1, 0.1)), "north": ((0.0, 4.5), (2.1, 0.1))}  # fmt: skip
    walls = [{"id": name, "kind": "wall", "position": at, "size": (*size, 0.4)} for name, (at, size) in sides.items()]
    anna = {"id": "anna", "kind": "person", "shape": "cylinder", "size": (0.9, 0.9, 1.7), "position": (5.0, -5.0)}
    line = humanoid(STAND, BOX, table, *walls, anna)
    line.run_skill("open_arms", {})
    assert line.run_skill("pick_up", {"target": "box"}).outcome == "succeeded"
    step_of, steps = line.step, []

    def step():
        if not steps and line.device.truth().position[1] > 0.3:
            steps.append(line.now)
            move_object(line.device, "anna", (0.0, 1.9))
            seen = replace(line.scene["anna"], position=(0.0, 1.9, 0.85), last_seen=line.now)
            line.scene = replace(line.scene, objects={**line.scene.objects, "anna": seen})
        return step_of()

    line.step = step
    step = ended(line, "carry_to", target="table", thing="box")
    assert steps and (step.skill, step.outcome, step.violated) == ("carry_to", "failed", "way is free"), step.reason
    assert cause_of(line, step, target="table", thing="box") is FailureCause.PERSON
    box = line.device.data.body("box").xpos
    assert box[2] > 0.7 and np.linalg.norm(box[:2] - line.device.truth().position[:2]) < 0.5
    assert np.hypot(*(line.device.truth().position[:2] - (0.0, 1.9))) > 0.45 + 0.3


def test_a_thing_that_no_base_pose_reaches_is_refused_where_it_stands(humanoid):
    wide = {"id": "table", "kind": "table", "size": (2.4, 2.4, 0.7), "position": (2.5, 0.0), "colour": "brown"}
    ball = {"id": "ball", "kind": "ball", "shape": "sphere", "size": (0.2, 0.2, 0.2), "position": (2.5, 0.0, 0.8),
            "colour": "red"}  # fmt: skip
    line = humanoid(wide, ball)
    before = line.device.truth().position[:2].copy()
    result = line.run("reach for the red ball")
    assert result.outcome == "failed" and "from nowhere that I can get to I reach 'ball'" in result.reason
    assert np.linalg.norm(line.device.truth().position[:2] - before) < 0.2 and not line.device.truth().fallen


def test_an_arm_that_is_too_short_names_the_joints_at_their_limits(humanoid):
    ball = {"id": "ball", "kind": "ball", "shape": "sphere", "size": (0.1, 0.1, 0.1), "position": (1.3, 0.0, 0.9),
            "colour": "red"}  # fmt: skip
    step = ended(humanoid(ball), "touch", target="ball")
    assert step.outcome == "failed" and step.violated == "the place is within reach"
    assert "out of reach by 0." in step.reason and "at the limit" in step.reason


def test_map_and_camera_disagree_about_a_thing_that_cannot_be_moved(humanoid):
    posts = [
        {"id": f"post_{n}", "kind": "post", "shape": "cylinder", "size": (0.2, 0.2, 0.5), "position": spot,
         "colour": colour} for n, (spot, colour) in enumerate((((1.6, 0.5), "red"), ((1.6, -0.5), "blue")))
    ]  # fmt: skip
    line = humanoid(*posts)
    told = line.scene["post_0"]
    x, y, z = told.position
    line.scene = SceneGraph({**line.scene.objects, "post_0": replace(told, position=(x + 0.9, y + 0.3, z))})
    step = ended(line, "go_to", target="post_0")
    assert step.outcome == "failed" and "the camera sees 'post_0' elsewhere than the map has it" in step.reason
    assert cause_of(line, step, target="post_0") is FailureCause.MOVED


@pytest.mark.parametrize("cause", [FailureCause.PERSON, FailureCause.TOO_HEAVY, FailureCause.SLIPPED])
def test_what_happens_in_mid_task_is_named(cause):
    line, score = FailureEpisodes(RESOURCES, "go2").told(failure_scene(CAUSES.index(cause)))
    assert score.named, score.reason
    assert score.told == cause.value
    assert gone(line, step=line.step)[0] < 0.05


def test_a_cause_that_is_known_and_not_said_does_not_count(monkeypatch):
    mute = "I could not push the pink box to the orange cone; it would help to put it in front of me again."
    monkeypatch.setattr("skill_stack.runtime.episodes.errands.failure_episodes.explained", lambda *_: mute)
    score = FailureEpisodes(RESOURCES, "go2").score(CAUSES.index(FailureCause.SLIPPED))
    assert (score.named, score.told, score.sentence) == (False, "", mute)


def test_a_person_who_steps_before_a_pushed_box_is_named_and_not_touched():
    scene = failure_scene(CAUSES.index(FailureCause.SLIPPED))
    aside = next(one.position[1] for one in scene.file.objects if one.id == "pink_box")
    anna = ObjectFile(id="anna", kind="person", shape="cylinder", size=(0.5, 0.5, 1.7), position=(40.0, -5.0))
    file = scene.file.model_copy(update={"objects": (*scene.file.objects, anna)})
    scene = replace(scene, file=file, cause=FailureCause.PERSON, injection="place", thing="anna", hidden=("anna",),
                    point=(2.8, aside), at=0.9)  # fmt: skip
    line, score = FailureEpisodes(RESOURCES, "go2").told(scene)
    assert score.named and "'anna' is in the way of 'pink_box'" in score.sentence, score.reason
    box = line.device.data.geom("pink_box").xpos
    assert box[0] > 1.4, "it was being pushed"
    assert np.hypot(*(box[:2] - (2.8, aside))) > 0.25 + 0.2 * np.sqrt(2.0)
    assert gone(line, step=line.step)[0] < 0.05


def test_who_stands_in_a_doorway_is_named_and_nobody_is_touched(kits):
    spots = {"left": ((0.0, 1.75), (0.1, 2.5)), "right": ((0.0, -1.75), (0.1, 2.5)), "back": ((-4.0, 0.0), (0.1, 6.1)),
             "north": ((-2.0, 3.05), (4.1, 0.1)), "south": ((-2.0, -3.05), (4.1, 0.1))}  # fmt: skip
    walls = [{"id": name, "kind": "wall", "position": at, "size": (*size, 0.8)} for name, (at, size) in spots.items()]
    ball = {"id": "ball", "kind": "ball", "shape": "sphere", "size": (0.3, 0.3, 0.3), "position": (2.5, 0.5),
            "colour": "red"}  # fmt: skip
    setup = floor(*walls, ball)
    starts = {"rex": Pose2(-2.0, 0.0, 0.0), "ada": Pose2(0.0, 0.0, 1.57)}
    pair = {"rex": kits["go2"], "ada": kits["g1"]}
    setups = {name: beside(setup, start, n) for n, (name, start) in enumerate(starts.items())}
    team = TeamLine(pair, setups)
    team.stand_up()
    run = team.do("rex, go to the red ball", 60.0)
    assert run.outcome == "failed" and "robot ada" in run.reason
    assert not team.world.touched and not any(line.device.truth().fallen for line in team.lines.values())
    rex, ada = gone(team.lines["rex"], team.lines["ada"], step=team.step)
    assert rex < 0.05 and ada < 0.15
