"""One request done by two robots in one network: divided, waited for, handed on, stopped."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import yaml

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "skill_stack.cli"]
FAR = "go to the orange cone, then go to the brown table, then go to the yellow box"
"""So far that there is time for other words, however busy the machine is."""
BALLS = {"red": (2.2, 0.8), "blue": (1.4, -2.0)}


@pytest.fixture(scope="module")
def pair(start):
    stacks = {
        "rex": start(namespace="rex"),  # in real time: a stop must come while they walk
        "handy": start(namespace="zoo/handy", deployment="go2_hand_sim"),
    }
    for stack in stacks.values():
        stack.wait_up()
    return stacks


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The two robots as data, and the first of them alone."""
    folder = tmp_path_factory.mktemp("fleet")
    rex = {"name": "rex", "robot": "go2", "names": ["dog"]}
    handy = {"name": "handy", "robot": "go2_hand", "namespace": "zoo/handy"}
    made = {}
    for name, robots in {"both": [rex, handy], "alone": [rex]}.items():
        made[name] = folder / f"{name}.yaml"
        made[name].write_text(yaml.safe_dump({"robots": robots}))
    return made


def say(file, words, *options):
    done = subprocess.run(
        [*COMMAND, "say", "--robots", str(file), "--json", *options, words],
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout), done.stderr


def near(stack, colour):
    return float(np.linalg.norm(stack.truth.position[:2] - BALLS[colour])) < 1.0


def test_each_does_its_share_and_waits_for_the_other(pair, files) -> None:
    words = "Rex, go to the red ball, and Handy, go to the blue ball, then Rex, sit"
    code, found, log = say(files["both"], words)
    assert code == 0 and found["outcome"] == "succeeded", (found, log)
    assert [(one["robot"], one["outcome"]) for one in found["shares"]] == [
        ("rex", "succeeded"), ("handy", "succeeded"), ("rex", "succeeded"),
    ]  # fmt: skip
    assert near(pair["rex"], "red") and near(pair["handy"], "blue")
    assert pair["rex"].status.skill == "sit" or abs(pair["rex"].status.tilt) > 0.2
    lines = log.splitlines()
    sat = next(number for number, line in enumerate(lines) if "Rex: sit: begun" in line)
    there = next(number for number, line in enumerate(lines) if line.startswith("Handy: succeeded"))
    assert there < sat  # the wait


def test_a_robot_that_is_added_as_data_makes_its_tasks_solvable(pair, files) -> None:
    words = "close your hand"
    code, found, _ = say(files["alone"], words)
    assert code == 1 and found["outcome"] == "failed" and not found["shares"], found
    code, found, log = say(files["both"], words)
    assert code == 0 and [one["robot"] for one in found["shares"]] == ["handy"], (found, log)


def test_a_stop_reaches_both_and_nothing_more_begins(pair, files, until) -> None:
    heard = {}
    things = "green ball, the orange cone, the yellow box, the blue box, the green box, the purple cylinder"
    words = f"visit the {things}, the brown table and the pink block"
    thread = threading.Thread(target=lambda: heard.update(answer=say(files["both"], words)), daemon=True)
    thread.start()
    until(lambda: all(stack.asked() for stack in pair.values()) or heard, 90, "both at work")
    before = {name: stack.status.stop_count for name, stack in pair.items()}
    done = subprocess.run(
        [*COMMAND, "stop", "--robots", str(files["both"])], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    thread.join(30)
    code, found, log = heard["answer"]
    assert code == 1 and found["outcome"] == "interrupted", (found, log)
    assert {"interrupted", "not begun"} <= {one["outcome"] for one in found["shares"]} <= {
        "interrupted", "not begun", "succeeded",
    }  # fmt: skip
    for name, stack in pair.items():
        assert stack.status.stop_count > before[name]
        until(stack.standing, 30, f"{name} stands")


def test_one_of_them_is_corrected_on_its_way(pair, files, until) -> None:
    heard = {}
    words = f"Rex, {FAR}, and Handy, go to the blue ball"
    thread = threading.Thread(target=lambda: heard.update(answer=say(files["both"], words)), daemon=True)
    thread.start()
    until(lambda: pair["rex"].walking() or heard, 90, "one of them on its way")
    code, found, _ = say(files["both"], "Rex, slower")
    assert code == 0 and "Rex: slower, at 70 %" in found["reason"] and "Handy" not in found["reason"]
    assert say(files["both"], "Rex, stop")[0] == 0  # the other one goes on
    thread.join(120)
    code, found, log = heard["answer"]
    assert code == 1 and {one["robot"]: one["outcome"] for one in found["shares"]} == {
        "rex": "interrupted", "handy": "succeeded",
    }, (found, log)  # fmt: skip


def test_ctrl_c_ends_what_both_do(pair, files, until) -> None:
    words = f"both of you, {FAR}"
    client = subprocess.Popen(
        [*COMMAND, "say", "--robots", str(files["both"]), "--json", words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Whoever runs the tests in the background ignores Ctrl-C, and children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    until(lambda: all(stack.asked() for stack in pair.values()) or client.poll() is not None, 90, "both at work")
    client.send_signal(signal.SIGINT)
    out, err = client.communicate(timeout=30)
    assert client.returncode != 0 and json.loads(out)["outcome"] == "interrupted", (out, err)
    for name, stack in pair.items():
        until(stack.standing, 30, f"{name} stands")
        assert not stack.asked()


def test_what_one_cannot_do_the_other_takes_over(pair, files, until) -> None:
    """The planner of the nearer one is killed on its way: the other robot goes there."""
    heard = {}
    say(files["both"], "Rex, go to the red ball, and Handy, go to the white cylinder")
    thread = threading.Thread(
        target=lambda: heard.update(answer=say(files["both"], "go to the pink block")), daemon=True
    )
    thread.start()
    until(lambda: any(stack.walking() for stack in pair.values()) or heard, 60, "one on its way")
    assert not heard, heard
    first = next(name for name, stack in pair.items() if stack.walking())
    other = ({"rex", "handy"} - {first}).pop()
    os.kill(pair[first].pid("planner"), signal.SIGSTOP)  # frozen: it says nothing any more
    began = time.monotonic()
    thread.join(120)
    code, found, log = heard["answer"]
    assert time.monotonic() - began < 120
    assert code == 0 and [one["robot"] for one in found["shares"]] == [other], (found, log)
    assert found["shares"][0]["tried"] == [first]
    assert "takes that over" in log and "silent" in log
