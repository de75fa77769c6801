"""What ``say`` refuses before anything is asked of a robot, and whom words stop."""

from pathlib import Path

import pytest

from skill_stack.cli import main
from skill_stack.commands.talk import say
from skill_stack.commands.talk.say_fleet import stopped_by
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock
from skill_stack.planner.fleet.fleet_file import FleetMember

TEAM = str(Path(__file__).resolve().parents[2] / "data" / "fleet" / "team.yaml")
ROBOTS = (FleetMember(name="rex", robot="go2", names=("dog",)), FleetMember(name="bolt", robot="go2"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "give words"),
        (["--plan", "plan.yaml", "sit"], "give words"),
        (["--robots", TEAM, "--namespace", "x", "sit"], "--robots names the robots itself"),
        (["--robots", "nowhere.yaml", "sit"], "nowhere.yaml"),
        (["--plan", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_work(options, says, capsys):
    assert main(["say", *options]) == 1
    assert says in capsys.readouterr().err


def test_a_robot_without_a_stack_is_named(capsys):
    pytest.importorskip("rclpy")
    assert main(["say", "--robots", TEAM, "--json", "Handy, grasp the cup"]) == 1
    said = capsys.readouterr()
    assert "handy" in said.err and "no stack" in said.err and '"outcome": "failed"' in said.out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("stop", ["rex", "bolt"]),
        ("Stop!", ["rex", "bolt"]),
        ("Rex, stop", ["rex"]),
        ("dog, stop that", ["rex"]),
        ("Rex and Bolt, stop", ["rex", "bolt"]),
        ("both of you, halt", ["rex", "bolt"]),
        ("Stopp, bitte!", ["rex", "bolt"]),
        ("Bolt, alto", ["bolt"]),
        ("go to the red ball", []),
        ("Bolt, go to the red ball, and Rex, stop", ["rex"]),
        ("", []),
    ],
)
def test_whom_words_stop(words, meant):
    stopped, rest = stopped_by(words, ROBOTS)
    assert [one.name for one, _ in stopped] == meant
    assert rest == ("go to" in words)


def test_one_robot_stops_and_the_other_is_damped():
    stopped, rest = stopped_by("Rex, stop, and Bolt, emergency stop", ROBOTS)
    assert [(one.name, kind) for one, kind in stopped] == [("rex", "stop"), ("bolt", "estop")] and not rest


class Unreachable(Exception):
    """Nobody but the shared memory is there."""


@pytest.mark.parametrize(
    ("words", "counted"), [("alto", (1, 0)), ("Not-Aus!", (0, 1)), ("stop at the red ball", (0, 0)), ("sit", (0, 0))]
)
def test_a_stop_is_stored_before_anybody_else_is_asked(words, counted, monkeypatch, tmp_path):
    def join() -> None:
        raise Unreachable

    block = SharedBlock.create(tmp_path / "block", BlockLayout("test", (RecordFormat("r", "q", 0),)))
    monkeypatch.setattr(say, "block_of", lambda namespace: block.path)
    monkeypatch.setattr(say, "join_ros", join)
    with pytest.raises(Unreachable):
        main(["say", words])
    flags = block.words.flags()
    block.close()
    assert (flags.stop, flags.estop) == counted
