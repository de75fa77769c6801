"""Several robots in one simulated world, as files and options make them."""

import argparse
from pathlib import Path

import pytest

from skill_stack.commands.common import resources
from skill_stack.commands.run.teams import Team, deployments_of, is_team
from skill_stack.core.errors import DataError, ResourceNotFound
from skill_stack.planner.fleet.fleet_file import FleetFile, FleetMember, load_fleet

NOTHING = {
    "namespace": None,
    "scene": None,
    "seed": None,
    "speed": None,
    "interface": None,
    "replay": None,
    "viewer": None,
}


def options(**changes):
    return argparse.Namespace(**{**NOTHING, **changes})


def members(*robots, **changes):
    return FleetFile(robots=tuple(FleetMember(**robot) for robot in robots), **changes)


PAIR = (
    {"name": "dog", "robot": "go2", "at": (0.0, 0.0, 0.0)},
    {"name": "humanoid", "robot": "g1", "at": (-1.0, 1.0, 0.5), "namespace": "lab/human"},
)


def test_every_team_of_the_project_can_be_brought_up():
    teams = [path.stem for path in resources().list("config/teams")]
    assert "dog_and_humanoid" in teams and all(map(is_team, teams)) and not is_team("go2_sim")
    for name in teams:
        path = resources().team(name)
        file = load_fleet(path)
        assert len(deployments_of(path, file, options(), True)) == len(file.robots)


def test_the_first_simulates_the_others():
    first, second = deployments_of(Path("team.yaml"), members(*PAIR), options(speed="max", seed=3), True)
    assert (first.robot, first.namespace, first.start) == ("go2", "dog", (0.0, 0.0, 0.0))
    assert [(one.robot, one.namespace, one.start) for one in first.beside] == [("g1", "lab/human", (-1.0, 1.0, 0.5))]
    assert not first.simulated_elsewhere and second.simulated_elsewhere and not second.beside
    assert second.start == (-1.0, 1.0, 0.5) and second.namespace == "lab/human"
    for one in (first, second):
        assert one.pace == "lock_step" and one.seed == 3 and not one.monitor.enabled


def test_a_scene_beside_the_file_is_taken(tmp_path):
    (tmp_path / "room.yaml").write_text("name: room\ndescription: A room.\n")
    both = deployments_of(tmp_path / "team.yaml", members(*PAIR, scene="room.yaml"), options(), False)
    assert {one.scene for one in both} == {str(tmp_path / "room.yaml")}
    assert {one.scene for one in deployments_of(Path("t.yaml"), members(*PAIR), options(scene="open"), False)} == {
        "open"
    }


@pytest.mark.parametrize(
    ("robots", "changes", "why"),
    [
        (PAIR, {"namespace": "here"}, "--namespace is for one robot"),
        (PAIR, {"interface": "eth0"}, "--interface is for one robot"),
        (({"name": "cart", "library": "cart.yaml"},), {}, "needed to simulate cart"),
        (({"name": "dog", "robot": "go2", "at": None},), {}, "needed to simulate dog"),
    ],
)
def test_what_cannot_be_simulated_together_is_told(robots, changes, why):
    with pytest.raises(DataError, match=why):
        deployments_of(Path("team.yaml"), members(*robots), options(**changes), False)


def test_a_team_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ResourceNotFound, match="dog_and_humanoid"):
        Team("cats", options(), lambda line: None)
