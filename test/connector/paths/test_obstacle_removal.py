"""What blocks a way and can be moved is moved first, where there is a skill for it."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.connector.connector import Connector
from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.obstacle_removal import SPOT, Blockage, ObstacleRemoval, _pushed, _swung, mover_of
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import SkillSpec, load_skill
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

ROOT = Path(__file__).resolve().parents[3]
PUSH = {
    "name": "push",
    "robot": "go2",
    "kind": "posture",
    "description": "Moves a thing somewhere.",
    "phrases": ["push {target} to {to}"],
    "goal": [
        {"name": "target", "type": "object", "description": "what"},
        {"name": "to", "type": "object", "description": "where to"},
    ],
    "effects": ["at($target, $to)"],
    "phases": [{"name": "pushing", "stance": "stand"}],
    "envelope": {"tilt": 1.0, "angular_speed": 6.0},
    "timeout": 10.0,
    "provenance": {"recipe": "declared here"},
    "posture": {"keyframes": [{"pose": "default", "duration": 1.0, "kp": 60.0, "kd": 3.0}]},
}


def corridor(things, movable=True):
    """A corridor 0.8 m wide with a box in it, and a ball behind that."""
    box = replace(things["box"]("crate", 1.5, 0.0, 0.3, 0.3), movable=movable)
    walls = [things["box"](f"wall_{sign}", 1.5, 0.85 * sign, 2.0, 0.9) for sign in (-1, 1)]
    rooms = [things["box"](f"end_{sign}", 1.5, 3.0 * sign, 0.2, 3.5) for sign in (-1, 1)]
    far = [things["box"](f"side_{sign}", 2.25, 4.7 * sign, 8.0, 0.2) for sign in (-1, 1)]
    far += [things["box"](f"back_{sign}", 2.25 + 4.0 * sign, 0.0, 0.2, 9.6) for sign in (-1, 1)]
    return [box, *walls, *rooms, *far, things["ball"]("red_ball", 4.5, 0.0)]


@pytest.fixture
def world(worlds, things):
    def make(objects, **fields):
        world = worlds(objects)
        spec = SkillSpec.model_validate({**PUSH, **fields})
        entries = {**world.library.entries, "push": SkillEntry("push", None, spec)}
        library = replace(world.library, entries=entries)
        world.controller.library = world.library = library
        world.connector = Connector(world.robot, library, localization=world.connector.localization)
        return world

    return make


def test_a_skill_that_puts_one_object_to_another_is_a_mover(world, things):
    assert mover_of(world([]).library).spec.name == "push"
    assert mover_of(world([], hazard="high").library) is None
    assert mover_of(world([], effects=[]).library) is None


def test_the_way_is_cleared_and_then_gone(world, things):
    made = world(corridor(things))
    made.start("p/1", "go_to", target="red_ball")
    outcome = made.finish(90.0)
    assert (outcome.outcome, outcome.skill, outcome.request_id) == ("succeeded", "go_to", "p/1"), outcome
    assert "push" in made.skills
    assert made.map_pose.distance_to(4.5, 0.0) < 0.7
    assert SPOT not in made.scene.objects


def test_what_cannot_be_moved_is_not(world, things):
    made = world(corridor(things, movable=False))
    made.start("p/1", "go_to", target="red_ball")
    outcome = made.finish(60.0)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert "push" not in made.skills


def test_a_clearing_that_fails_is_told_under_the_request(world, things):
    made = world(corridor(things), failure=["elapsed >= 0.2 s"])
    made.start("p/1", "go_to", target="red_ball")
    outcome = made.finish(60.0)
    assert (outcome.outcome, outcome.skill) == ("failed", "go_to")
    assert "while 'crate' was moved away" in outcome.reason


def test_a_stop_ends_the_clearing_too(world, things):
    made = world(corridor(things))
    made.start("p/1", "go_to", target="red_ball")
    while "push" not in made.skills:
        made.step()
    assert made.connector.cancel("p/1", "cancelled", made.now)
    made.step()
    assert [(one.outcome, one.skill) for one in made.outcomes] == [("interrupted", "go_to")]
    assert made.connector.active is None


def test_what_the_map_says_anew_counts_more_than_where_a_thing_was_put(world, things):
    made = world(corridor(things))
    made.start("p/1", "go_to", target="red_ball")
    assert made.finish(90.0).outcome == "succeeded"
    moved = made.connector._ways
    assert moved.world(made.scene).objects["crate"].position != made.scene.objects["crate"].position
    seen = replace(made.scene.objects["crate"], position=(9.0, 9.0, 0.2))
    made.scene = SceneGraph({**made.scene.objects, "crate": seen})
    assert moved.world(made.scene).objects["crate"].position == (9.0, 9.0, 0.2)


def test_a_skill_that_pushes_moves_things_without_saying_so(worlds):
    made = worlds([])
    spec = load_skill(ROOT / "models" / "go2" / "push_object")
    library = replace(made.library, entries={**made.library.entries, spec.name: SkillEntry(spec.name, None, spec)})
    mover = mover_of(library)
    assert (mover.spec.name, mover.thing, mover.to) == ("push_object", "target", "place")
    assert {mover.thing, mover.to} <= {goal.name for goal in spec.goal if goal.type == "object"}
    assert mover_of(made.library) is None


def finished(made):
    made.start("p/1", "go_to", target="red_ball")
    return made.finish(120.0)


def test_two_things_in_a_row_are_moved_one_after_the_other(world, things):
    objects = corridor(things)
    objects.append(replace(objects[0], id="second", position=(2.2, 0.0, 0.2)))
    made = world(objects)
    outcome = finished(made)
    assert outcome.outcome == "succeeded", outcome
    moved = made.connector._ways.world(made.scene).objects
    assert {name for name in ("crate", "second") if moved[name] != made.scene.objects[name]} == {"crate", "second"}


def test_what_must_be_left_alone_is_named_and_not_moved(world, things):
    made = world(corridor(things))
    made.connector = Connector(
        made.robot, made.library, localization=made.connector.localization, spared=lambda thing, scene: True
    )
    outcome = finished(made)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert "must not be moved" in outcome.reason and "push" not in made.skills


def unknown(things, **fields):
    """The corridor with a box in it of which a camera told the shape alone."""
    box, *rest = corridor(things, movable=False)
    return [replace(box, **{"kind": "box", "last_seen": 1.0, **fields}), *rest]


def test_what_only_looks_tell_of_is_named_and_moved_once_somebody_says_so(world, things):
    made = world(unknown(things))
    outcome = finished(made)
    assert (outcome.outcome, outcome.violated, outcome.thing) == ("failed", "way is free", "crate")
    assert "the box is in the way" in outcome.reason and "push" not in made.skills
    crate = replace(made.scene["crate"], movable=True)
    made.scene = replace(made.scene, objects={**made.scene.objects, "crate": crate})
    made.start("p/2", "go_to", target="red_ball")
    outcome = made.finish(120.0)
    assert (outcome.outcome, outcome.thing) == ("succeeded", "") and "push" in made.skills, outcome


def test_a_leaf_that_only_a_camera_found_is_asked_about_too(world, things):
    _, *rest = corridor(things)
    leaf = SceneObject("door", "door", (0.6, 0.0, 0.3), -1.2, "box", (0.76, 0.04, 0.6), last_seen=1.0,
                       hinge=(-0.38, 0.0), swing=(-math.pi / 2, 0.2))  # fmt: skip
    made = world([leaf, *rest])
    outcome = finished(made)
    assert (outcome.violated, outcome.thing) == ("way is free", "door")
    assert "the door is in the way" in outcome.reason and "push" not in made.skills


@pytest.mark.parametrize("found", [{"last_seen": 1.0}, {"movable": True}], ids=["seen", "stated"])
def test_a_leaf_that_opens_towards_the_robot_is_named_and_nobody_is_asked_for_leave(world, things, found):
    _, *rest = corridor(things)
    leaf = SceneObject("door", "door", (0.6, 0.0, 0.3), -1.95, "box", (0.76, 0.04, 0.6),
                       hinge=(-0.38, 0.0), swing=(-math.pi / 2, -3.3), **found)  # fmt: skip
    assert leaf.opens_towards(0.0, 0.0) and not leaf.opens_towards(2.0, 0.0)
    made = world([leaf, *rest])
    outcome = finished(made)
    assert (outcome.violated, outcome.thing) == ("way is free", "")
    assert "the door swings towards me, and I can only push it open" in outcome.reason and "push" not in made.skills
    assert not replace(leaf, hinge=None).opens_towards(0.0, 0.0)


@pytest.mark.parametrize(
    "fields", [{"last_seen": 0.0}, {"kind": "wall"}, {"kind": "table"}, {"size": (0.3, 1.3, 0.4)}], ids=str
)
def test_nobody_is_asked_about_what_stands_fast_for_all_that_is_known(world, things, fields):
    outcome = finished(world(unknown(things, **fields)))
    assert (outcome.violated, outcome.thing) == ("way is free", "") and "in the way" not in outcome.reason


def test_a_robot_that_moves_nothing_does_not_ask(worlds, things):
    made = worlds(unknown(things))
    entries = {name: one for name, one in made.library.entries.items() if name != "push_object"}
    made.connector = Connector(
        made.robot, replace(made.library, entries=entries), localization=made.connector.localization
    )
    made.start("p/1", "go_to", target="red_ball")
    outcome = made.finish(60.0)
    assert (outcome.violated, outcome.thing) == ("way is free", "")


def test_nobody_is_asked_about_what_must_be_left_alone(world, things):
    made = world(unknown(things))
    where = made.connector.localization
    made.connector = Connector(made.robot, made.library, localization=where, spared=lambda thing, scene: True)
    assert finished(made).thing == ""


def test_nothing_is_pushed_while_something_is_held_and_that_is_never_in_the_way(world, things):
    made = world([*corridor(things), things["ball"]("blue_ball", 0.5, 0.0)])
    grab = {**PUSH, "name": "grab", "goal": PUSH["goal"][:1], "phrases": ["grab {target}"]}
    grab = SkillSpec.model_validate({**grab, "effects": ["holding(robot, $target)"]})
    made.library.entries["grab"] = SkillEntry("grab", None, grab)
    made.start("p/1", "grab", target="blue_ball")
    assert made.finish(20.0).outcome == "succeeded"
    made.start("p/2", "go_to", target="red_ball")
    outcome = made.finish(60.0)
    assert outcome.violated == "way is free" and "the box is in the way, and my hands are full" in outcome.reason
    assert "push" not in made.skills
    made.start("p/3", "grab", target="crate")
    assert made.finish(20.0).outcome == "succeeded"
    made.start("p/4", "go_to", target="red_ball")
    assert made.finish(60.0).outcome == "succeeded" and "push" not in made.skills


def test_what_does_not_give_way_is_not_tried_again_and_told(world, things):
    made = world(corridor(things), success=["elapsed >= 99 s"], failure=["stalled_for >= 0.0 s"])
    outcome = finished(made)
    assert outcome.outcome == "failed" and outcome.violated == "way is free"
    assert "could not be moved" in outcome.reason
    assert made.skills.count("push") == 1
    made.outcomes.clear()
    made.start("p/2", "go_to", target="red_ball")
    assert made.finish(60.0).outcome == "failed" and made.skills.count("push") == 1


def test_a_door_swings_as_far_as_the_chest_goes():
    door = SceneObject("door", "door", (0.5, 0.0, 0.5), 0.0, "box", (1.0, 0.04, 1.0), movable=True,
                       hinge=(-0.5, 0.0), swing=(-0.1, 2.0))  # fmt: skip
    swung = _swung(door, (0.3, 0.5))
    assert swung is not None
    assert swung.yaw == pytest.approx(math.atan2(0.5, 0.3), abs=0.02)
    assert math.dist(swung.position[:2], (0.0, 0.0)) == pytest.approx(0.5)  # it stays on its hinge
    assert _swung(door, (0.3, -0.5)) is None  # its stop is on that side


def test_a_thing_that_is_pushed_along_ends_before_the_other(things):
    near, far = things["box"]("near", 1.0, 0.0, 0.4, 0.4), things["box"]("far", 1.6, 0.1, 0.4, 0.4)
    moved = replace(near, position=(2.0, 0.0, 0.2))
    assert _pushed(near, moved, far).position[:2] == pytest.approx((2.4, 0.1))
    assert _pushed(near, moved, replace(far, position=(1.6, 1.0, 0.2))).position[:2] == (1.6, 1.0)


def hidden(things, cells, **second):
    """A blocked corridor with a crate, a sliver of another one behind it, and occupied cells that belong to nothing."""
    objects = corridor(things)
    thin = replace(objects[0], id="sliver", position=(1.85, 0.1, 0.2), size=(0.05, 0.1, 0.4), **second)
    grid = OccupancyGrid("map", 0.05, Pose2(-3.0, -5.0, 0.0), np.full((200, 200), -1, np.int8), 0.0)
    taken = np.zeros(grid.cells.shape, bool)
    for x, y in cells:
        column, row = grid.places(np.array([[x, y]]))[0].astype(int)
        taken[row, column] = True
    scene = SceneGraph({one.id: one for one in (*objects, thin)})
    request = SkillRequest("p/1", "go_to", {"target": "red_ball"})
    here = Pose2(0.0, 0.0, 0.0)
    return Blockage(request, scene, here, lambda outlines: outlines, DistanceField.from_grid(grid, taken))


def removal(world):
    made = world([])
    clearances = (ConnectorSettings().clearance, ConnectorSettings().tight_clearance)
    return ObstacleRemoval(made.library, made.robot.footprint, clearances)


BEHIND = [(1.9, y) for y in (-0.15, -0.05, 0.05)]


def test_cells_close_to_what_may_be_moved_give_way_with_it(world, things):
    errand = removal(world).errand(hidden(things, BEHIND))
    assert errand is not None and errand.blocker.id == "crate"
    assert {one.id for one in errand.moved} == {"crate", "sliver"}, "the sliver is pushed along"


def test_cells_farther_away_and_what_may_not_be_moved_do_not(world, things):
    far = [(3.1, y) for y in np.arange(-4.0, 4.0, 0.05)]
    assert removal(world).errand(hidden(things, far)) is None
    assert removal(world).errand(hidden(things, BEHIND, movable=False)) is None


def test_who_stands_behind_a_thing_already_needs_no_way_to_there(world, things):
    walls = [things["box"](f"wall_{y}", 2.03, y, 0.19, long) for y, long in ((-2.45, 3.1), (2.06, 3.88))]
    crates = [things["box"]("left_behind", 1.98, -0.66, 0.44, 0.46), things["box"]("pushed", 2.9, -0.07, 0.44, 0.46)]
    objects = [*walls, *(replace(one, movable=True) for one in crates), things["ball"]("red_ball", 5.0, 0.0)]
    scene, here = SceneGraph({one.id: one for one in objects}), Pose2(2.33, -0.11, 0.0)
    blockage = Blockage(SkillRequest("p/1", "go_to", {"target": "red_ball"}), scene, here, lambda outlines: outlines)
    errand = removal(world).errand(blockage)
    assert errand is not None and errand.blocker.id == "pushed", "further, out of the gap in which it stands"
