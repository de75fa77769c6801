import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import PALETTE, SceneFile, load_scene, set_up
from skill_stack.core.world.world_facts import place_facts

SCENES = sorted((Path(__file__).parents[3] / "config" / "scenes").glob("*.yaml"))
ANGLES = st.floats(-10, 10)
LENGTHS = st.floats(-50, 50)


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_every_scene_file_is_sound(path):
    scene = load_scene(path)
    assert scene.name == path.stem
    assert all(not thing.colour or thing.colour in PALETTE for thing in scene.objects)
    for seed in range(20):
        setup = set_up(scene, seed)
        for thing in setup.objects:
            # Those a robot is meant to stand on or to hold, and tables that a hand works over.
            tables = scene.name in ("grasping", "laid_table", "two_hands")
            if thing.kind not in ("wall", "stand", "cube") and not tables:
                free = setup.start.distance_to(*thing.position[:2]) - thing.radius
                least = 0.2 if scene.name == "moving_carton" else 0.6  # what is pushed is wide, and begins near
                assert free > least, f"seed {seed}: {thing.id} stands on the robot"


def test_a_seed_repeats_and_zero_is_the_file_itself():
    scene = load_scene(SCENES[0])
    assert set_up(scene, 7) == set_up(scene, 7)
    assert set_up(scene, 7) != set_up(scene, 8)
    plain = set_up(scene, 0)
    assert plain.start == Pose2(*scene.start)
    assert plain.objects[0].position[:2] == scene.objects[0].position[:2]


def test_objects_on_the_floor_rest_on_it():
    thing = {"id": "a", "kind": "box", "size": [1, 1, 0.4], "position": [1, 2]}
    scene = SceneFile.model_validate({"name": "s", "description": "d", "objects": [thing]})
    assert set_up(scene, 0).objects[0].position == (1.0, 2.0, 0.2)


def test_two_objects_of_one_id_are_refused(tmp_path):
    path = tmp_path / "s.yaml"
    thing = "{id: a, kind: box, position: [0, 0]}"
    path.write_text(f"name: s\ndescription: d\nobjects: [{thing}, {thing}]\n")
    with pytest.raises(DataError, match="share the id a"):
        load_scene(path)


def test_the_graph_names_the_start_and_refuses_unknown_objects():
    graph = set_up(load_scene(SCENES[0]), 0).graph()
    assert graph["start"].kind == "place"
    with pytest.raises(UnknownName):
        graph["unicorn"]
    assert all(thing.kind not in ("place", "wall") for thing in graph.things)


@given(LENGTHS, LENGTHS, ANGLES, LENGTHS, LENGTHS)
def test_bearing_and_distance_lead_to_the_point(x, y, yaw, px, py):
    pose = Pose2(x, y, yaw)
    distance, bearing = pose.distance_to(px, py), pose.bearing_to(px, py)
    reached = pose.compose(Pose2(distance * math.cos(bearing), distance * math.sin(bearing), 0.0))
    assert (reached.x, reached.y) == pytest.approx((px, py), abs=1e-6)


@given(LENGTHS, LENGTHS, ANGLES, LENGTHS, LENGTHS)
def test_a_point_in_the_frame_of_a_pose_is_where_the_pose_puts_it(x, y, yaw, px, py):
    pose = Pose2(x, y, yaw)
    reached = pose.compose(Pose2(*pose.local(px, py), 0.0))
    assert (reached.x, reached.y) == pytest.approx((px, py), abs=1e-6)


def test_near_and_facing_follow_geometry():
    ball = SceneObject("ball", "ball", (1.0, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))
    there = place_facts(SceneGraph({"ball": ball}, robot=Pose2(0.5, 0.0, 0.0)))
    assert {Fact("near", ("robot", "ball")), Fact("facing", ("robot", "ball"))} <= there
    away = place_facts(SceneGraph({"ball": ball}, robot=Pose2(-3.0, 0.0, math.pi)))
    assert away == frozenset()
    assert place_facts(SceneGraph({"ball": ball})) == frozenset()


def test_ground_is_shifted_as_one_and_changes_nothing_else():
    scene = load_scene(next(path for path in SCENES if path.stem == "terrain_ramp"))
    bare = scene.model_copy(update={"ground": ()})
    for seed in (0, 5, 6):
        world = set_up(scene, seed)
        assert world.model_copy(update={"patches": ()}) == set_up(bare, seed)
        shifts = {
            (round(moved.position[0] - stated.position[0], 9), round(moved.position[1] - stated.position[1], 9))
            for moved, stated in zip(world.patches, scene.ground)
        }
        assert len(shifts) == 1 and (shifts == {(0.0, 0.0)}) == (seed == 0)
