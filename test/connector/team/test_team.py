"""Connectors that hear one another, each with a stand-in of its robot."""

import math
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.connector.connector import Connector
from skill_stack.connector.paths.localization import Localization
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillStatus
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.team_member import TeamMember
from test.connector.conftest import go2_library, velocity_skill

STANDS = TeamMember("statue", 2.0, 0.0, 0.0, front=0.35, back=0.4, side=0.2)


def together(members, seconds=60.0, until=lambda: False):
    """Runs worlds side by side, with messages every 0.1 s; returns the least distance and what each waited for."""
    least, waits, step = math.inf, {name: set() for name in members}, 0
    for name, world in members.items():
        world.connector.team.name = name
    end = min(world.now for world in members.values()) + seconds
    while all(world.now < end for world in members.values()) and not until():
        for name, world in members.items():
            world.step()
            waits[name].add(world.connector.team.waiting_for)
        step += 1
        for world in members.values() if step % 2 == 0 else ():
            if (told := world.connector.presence(world.status)) is not None:
                for other in members.values():
                    other.connector.team.hear(told, other.now)
        poses = [world.map_pose for world in members.values()]
        least = min([least, *(a.distance_to(b.x, b.y) for n, a in enumerate(poses) for b in poses[n + 1 :])])
    return least, waits


def done(*members):
    return lambda: all(world.outcomes for world in members)


def test_nobody_far_away_or_behind_a_wall_of_time_changes_anything(worlds, things):
    tracks = []
    for mate in (None, replace(STANDS, x=40.0), replace(STANDS, x=40.0, velocity=(0.7, 0.0), path=((50.0, 0.0),))):
        world = worlds([things["ball"]("ball", 3.0, 1.0)])
        world.start("p/1", "go_to", target="ball")
        if mate is not None:
            world.connector.team.hear(mate, 0.0)
        assert world.finish(40.0).outcome == "succeeded"
        tracks.append(world.track)
    assert tracks[0] == tracks[1] == tracks[2]


@pytest.mark.parametrize("angle", [math.pi, 2.1, 1.2])
def test_two_that_cross_meet_nowhere(worlds, things, angle):
    far, x, y = 2.5, 2.5 * math.cos(angle), 2.5 * math.sin(angle)
    objects = [things["ball"]("east", 3.4, 0.0), things["ball"]("other", -1.36 * x, -1.36 * y)]
    if angle == math.pi:
        objects = [things["ball"]("east", 3.4, 0.6), things["ball"]("other", -3.4, 0.6)]
        x = far
    rex, bolt = worlds(objects, Pose2(-far, 0.0, 0.0)), worlds(objects, Pose2(x, y, math.atan2(-y, -x)))
    rex.start("p/1", "go_to", target="east")
    bolt.start("p/1", "go_to", target="other")
    least, _ = together({"rex": rex, "bolt": bolt}, until=done(rex, bolt))
    assert least > 0.85, "m between two bases, each with 0.45 m around it"
    assert [world.outcomes[-1].outcome for world in (rex, bolt)] == ["succeeded", "succeeded"]


def doorway(things):
    walls = [things["box"](f"wall_{side}", 0.0, side * 2.5, 0.1, 4.0) for side in (-1, 1)]
    walls += [things["box"](f"along_{side}", 0.0, side * 4.5, 10.0, 0.1) for side in (-1, 1)]
    walls += [things["box"](f"across_{side}", side * 5.0, 0.0, 0.1, 9.0) for side in (-1, 1)]
    return [*walls, things["ball"]("east", 2.6, 1.3), things["ball"]("west", -2.6, -1.3)]


def test_of_two_that_meet_in_a_doorway_one_waits_and_both_arrive(worlds, things):
    objects = doorway(things)
    ada, rex = worlds(objects, Pose2(1.6, 0.1, math.pi)), worlds(objects, Pose2(-1.6, 0.0, 0.0))
    ada.start("p/1", "go_to", target="west")
    rex.start("p/1", "go_to", target="east")
    least, waits = together({"ada": ada, "rex": rex}, until=done(ada, rex))
    assert [world.outcomes[-1].outcome for world in (ada, rex)] == ["succeeded", "succeeded"]
    assert least > 0.85 and waits == {"ada": {""}, "rex": {"", "waits for ada"}}
    assert ada.outcomes[-1].seconds < rex.outcomes[-1].seconds


def test_one_that_stands_is_walked_around(worlds, things):
    world = worlds([things["ball"]("ball", 4.0, 0.0)])
    world.connector.team.hear(STANDS, 0.0)
    world.start("p/1", "go_to", target="ball")
    least, _ = together({"rex": world, "statue": Still(world)}, until=done(world))
    assert world.outcomes[-1].outcome == "succeeded" and least > 0.45


class Still:
    """A robot that stands and says so, for :func:`together`."""

    def __init__(self, of) -> None:
        self._of, self.connector, self.status = of, self, None
        self.team, self.name, self.waiting_for = self, "", ""
        self.map_pose = Pose2(STANDS.x, STANDS.y, STANDS.yaw)

    @property
    def now(self):
        return self._of.now

    def step(self) -> None:
        """Stands."""

    def presence(self, _):
        return STANDS

    def hear(self, *_) -> None:
        """Does not care."""


def test_a_way_that_somebody_blocks_is_waited_for_then_refused(worlds, things):
    world = worlds(doorway(things), Pose2(-1.6, 0.0, 0.0))
    world.connector.team.hear(replace(STANDS, x=0.0, yaw=math.pi / 2), 0.0)
    world.start("p/1", "go_to", target="east")
    world.run(8.0)
    assert not world.outcomes and world.connector.team.waiting_for == "waits for a free way"
    outcome = world.finish(30.0)
    assert (outcome.outcome, outcome.violated) == ("failed", "way is free")
    assert 9.0 < outcome.seconds < 14.0


def test_a_way_that_becomes_free_again_is_taken(worlds, things):
    world = worlds(doorway(things), Pose2(-1.6, 0.0, 0.0))
    world.connector.team.hear(replace(STANDS, x=0.0, yaw=math.pi / 2), 0.0)
    world.start("p/1", "go_to", target="east")
    world.run(8.0)
    world.connector.team.hear(replace(STANDS, x=3.0, y=-2.5), world.now)
    assert world.finish(40.0).outcome == "succeeded"


def test_its_own_echo_is_not_another_robot(worlds, things):
    world = worlds([things["ball"]("ball", 3.0, 0.0)])
    world.connector.team.name = "rex"
    world.connector.team.hear(replace(STANDS, name="rex"), 0.0)
    assert not world.connector.team.mates


def test_what_others_hear_of_a_robot(worlds, things):
    world = worlds([things["ball"]("ball", 3.0, 0.0)])
    world.connector.team.name = "rex"
    world.connector.team.hear(replace(STANDS, x=20.0), 0.0)
    world.run(0.5)
    told = world.connector.presence(world.status)
    assert (told.name, told.avoids, told.path) == ("rex", False, ())
    world.start("p/1", "go_to", target="ball")
    world.run(4.5)
    told = world.connector.presence(world.status)
    assert told.avoids and told.velocity[0] > 0.3 and told.path[-1] == pytest.approx((2.49, 0.0), abs=0.1)
    world.finish(30.0)
    world.run(0.5)
    assert not world.connector.presence(world.status).avoids


CRATE = SceneObject("crate", "box", (0.4, 0.0, 0.9), 0.0, "box", (0.4, 0.3, 0.2), movable=True)


def handling(name, effect):
    """A skill that takes or lets go of something where the robot stands."""
    goal = [{"name": "target", "type": "object", "description": "the object"}]
    data = velocity_skill(name, False, ["speed <= 0.15 m/s for 0.1 s"]).model_dump(exclude_none=True)
    return type(velocity_skill("walk", True, [])).model_validate({**data, "goal": goal, "effects": [effect]})


@pytest.fixture
def porter(worlds, things):
    """A robot beside the way to a ball, across which it faces, with skills that take and let go."""
    world = worlds([things["ball"]("ball", 4.0, 0.0), CRATE], Pose2(2.0, -0.9, math.pi / 2))
    own = [entry.spec for entry in go2_library().entries.values()]
    more = [handling("take", "holding(robot, $target)"), handling("leave", "not holding(robot, *)")]
    world.library = world.controller.library = SkillLibrary.from_specs("go2", [*own, *more])
    assert world.connector.renew(world.library)
    world.connector.team.name = "porter"
    return world


def told_after(world, skill):
    """What a robot tells others after a step about the crate."""
    world.start(f"{skill}/1", skill, target="crate")
    assert world.finish(20.0).outcome == "succeeded"
    world.run(0.2)
    return world.connector.presence(world.status)


def test_the_outline_that_others_hear_grows_by_what_is_carried_and_shrinks_again(porter):
    porter.run(0.2)
    bare = porter.connector.presence(porter.status)
    laden = told_after(porter, "take")
    assert laden.front == pytest.approx(bare.front + 0.5) and laden.side == pytest.approx(max(bare.side, 0.25))
    assert laden.back == bare.back
    free = told_after(porter, "leave")
    assert (free.front, free.side) == (bare.front, bare.side)


def test_a_teammate_walks_around_what_another_one_carries(porter, worlds, things):
    tracks = {}
    for skill in ("leave", "take"):
        told = told_after(porter, skill)
        other = worlds([things["ball"]("ball", 4.0, 0.0)])
        other.connector.team.hear(told, 0.0)
        other.start("p/1", "go_to", target="ball")
        assert other.finish(60.0).outcome == "succeeded"
        tracks[skill] = np.array([(pose.x, pose.y) for pose in other.track])
    box = np.array([told.x, told.y + told.front - 0.25])  # as far ahead of the body as it is told to reach
    gaps = {skill: np.hypot(*(track - box).T).min() - 0.2 for skill, track in tracks.items()}
    assert gaps["leave"] < 0.25 < 0.4 < gaps["take"], "its half width beside the middle of the box, m"


def test_a_humanoid_that_carries_tells_what_is_between_its_palms(resources):
    robot = load_robot(resources.robot("g1"), resources)
    table = SceneObject("table", "table", (3.0, 0.0, 0.35), 0.0, "box", (0.7, 1.0, 0.7))
    scene = SceneGraph({"crate": CRATE, "table": table})
    here = Localization(Pose2(0.0, 0.0, 0.0), "test")
    connector = Connector(robot, load_library(resources, robot), localization=here)
    upright, still = np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3)
    status = SkillStatus(
        0.02, "body", "stand_holding", "", ControlMode.ACTIVE, "", 0.0, "", 0, 1, still, upright, still, 0.0, 0.0
    )  # fmt: skip
    connector.update(status, scene)
    assert connector.presence(status).front == robot.footprint.front
    connector.start(SkillRequest("p/1", "carry_to", {"target": "table", "thing": "crate"}), scene, 0.02)
    connector.update(status, scene)
    assert connector.presence(status).front == pytest.approx(robot.footprint.front + 0.5)
