"""A Go2 that carries a hand: two control processes, one stop, one connector, one planner."""

import signal

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.channels import RobotChannels

HAND = "right_hand"
FIST_AT = 1.0  # rad, of the proximal finger joints

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack(start):
    made = start("--speed", "max", namespace="parts", deployment="go2_hand_sim")
    made.wait_up()
    return made


@pytest.fixture(scope="module")
def hand(stack):
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("go2_hand"), resources)
    made = RobotChannels.open(stack.block, robot, HAND)
    yield made
    made.close()


def fist(hand) -> float:
    return float(np.mean(hand.read_sample().position[[1, 5, 9]]))


def test_the_hand_closes_while_the_dog_stands_and_one_stop_is_for_both(stack, hand, until) -> None:
    assert stack.say("stand up").outcome == "succeeded"
    result = stack.say("close your hand")
    assert result.outcome == "succeeded", result
    until(lambda: fist(hand) > FIST_AT, 30, "a fist", lambda: fist(hand))
    until(stack.standing, 30, "a standing dog", lambda: stack.truth)
    assert hand.read_status().skill == "close_hand" and stack.status.skill == "stand"
    assert hand.read_command().q.shape == (16,)
    assert stack.command("stop", "--json").returncode == 0
    until(lambda: stack.status.stop_count == hand.read_status().stop_count > 0, 30, "a stop that both know of")
    until(stack.standing, 30, "a dog that still stands", lambda: stack.truth)
    assert fist(hand) > FIST_AT  # the stance of a closed hand is the closed hand


def test_it_walks_and_closes_its_hand_at_the_same_time(stack, hand, until) -> None:
    """One sentence, two parts: physics says that both moved, the events that neither waited."""
    from skill_stack.nodes.clients.client import TaskClient

    assert stack.say("stand up and open your hand").outcome == "succeeded"
    until(lambda: fist(hand) < 0.3, 30, "an open hand", lambda: fist(hand))
    start = stack.truth.position.copy()
    told: list[tuple[str, str]] = []
    words = "walk forward one metre while you close your hand"
    with TaskClient("parts") as client:
        result = client.do(words, lambda kind, text: told.append((kind, text)), "test")
    assert result.outcome == "succeeded", result
    assert fist(hand) > FIST_AT
    assert 0.7 < np.linalg.norm((stack.truth.position - start)[:2]) < 1.3
    steps = [text.split()[0] for kind, text in told if kind in ("step_started", "step_ended")]
    assert steps == ["move", "close_hand", "close_hand", "move"]  # both began before one had ended
    until(stack.standing, 30, "a standing dog", lambda: stack.truth)
    refused = stack.say("sit down while you walk forward one metre")
    assert refused.outcome == "refusal" and "both need the legs" in refused.reason, refused


def test_reports_and_traces_are_of_both(stack, tmp_path) -> None:
    import json
    import zipfile

    assert stack.say("open your hand").outcome == "succeeded"
    made = stack.command("report", "--json", "--output", str(tmp_path / "report.zip"))
    assert made.returncode == 0, made.stderr
    summary = json.loads(made.stdout)
    assert summary["rows"] > 0
    assert summary["parts"][HAND]["rows"] > 0
    assert summary["parts"][HAND]["requests"][-1]["skill"] == "open_hand"
    with zipfile.ZipFile(tmp_path / "report.zip") as file:
        assert {"black_box.npz", f"black_box.{HAND}.npz", f"black_box.{HAND}.svg"} <= set(file.namelist())
    hops = json.loads(stack.command("trace", "--json", "--last", "1").stdout)["traces"][0]["hops"]
    assert [hop["process"] for hop in hops if hop["stage"] == "command"] == [f"control_{HAND}"]


def test_topics_tell_of_both(stack, hand, until) -> None:
    from sensor_msgs.msg import JointState

    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import NEWEST, STREAM
    from skill_stack_interfaces.msg import SkillStatus

    if stack.status.skill != "stand":
        assert stack.say("stand up").outcome == "succeeded"
    assert stack.say("close your hand").outcome == "succeeded"
    until(lambda: fist(hand) > FIST_AT, 30, "a fist", lambda: fist(hand))
    joints: dict[str, float] = {}
    parts: set[str] = set()
    with TaskClient("parts") as client:
        client.node.create_subscription(
            JointState, "joint_states", lambda m: joints.update(zip(m.name, m.position)), NEWEST
        )
        client.node.create_subscription(SkillStatus, "skill_status", lambda m: parts.add(m.part), STREAM)
        assert client.spin(lambda: len(joints) == 28 and len(parts) == 2, 60), (len(joints), parts)
    assert parts == {"body", HAND}
    assert {"FL_hip_joint", "right_hand_joint_0.0"} <= set(joints)
    assert joints["right_hand_joint_1.0"] > FIST_AT


def test_it_is_led_live_by_another_kind_of_hand(stack, hand, until) -> None:
    """Joints of a LEAP Hand come on a topic; fingers of the Allegro Hand follow, and stay when nothing comes."""
    import subprocess
    import sys

    from sensor_msgs.msg import JointState

    from skill_stack.nodes.clients.client import TaskClient
    from skill_stack.nodes.ros_compat import NEWEST

    resources = Resources.from_environment({})
    shown = load_robot(resources.robot("leap"), resources)
    assert stack.say("open your hand").outcome == "succeeded"
    command = [sys.executable, "-m", "skill_stack.cli", "retarget", "leap", "--live", "--namespace", "parts"]
    leading = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        with TaskClient("parts") as client:
            publisher = client.node.create_publisher(JointState, "hand_input", NEWEST)

            def show(pose, share: float, done) -> None:
                joints = (share * shown.pose(pose)).tolist()
                message = JointState(name=list(shown.joint_names), position=joints)

                def once() -> bool:
                    publisher.publish(message)
                    client.spin(lambda: False, 0.05)
                    return bool(done())

                until(once, 60, f"the hand as in {pose}", lambda: fist(hand))

            show("fist", 0.8, lambda: fist(hand) > 0.8)
            show("open", 1.0, lambda: fist(hand) < 0.4)
            show("fist", 0.8, lambda: fist(hand) > 0.8)
        assert leading.poll() is None
    finally:
        leading.send_signal(signal.SIGINT)
        said = leading.communicate(timeout=30)[1]
    assert leading.returncode == 0 and "Traceback" not in said, said
    assert fist(hand) > 0.8


def test_a_dead_hand_is_damped_and_the_dog_keeps_standing(stack, hand, until) -> None:
    killed = stack.kill("control_right_hand", signal.SIGKILL)
    until(lambda: stack.pid("control_right_hand") != killed, 30, "a new control process of the hand")
    until(lambda: hand.read_status().mode is ControlMode.DISARMED, 60, "a hand that waits", hand.read_status)
    until(stack.standing, 30, "a dog that still stands", lambda: stack.truth)
    until(lambda: all(ok for ok, _ in stack.parts().values()), 60, "a healthy stack", stack.parts)
    assert {"control right_hand", "robot right_hand"} <= set(stack.parts())
    assert stack.say("open your hand").outcome == "succeeded"
    until(lambda: fist(hand) < 0.3, 30, "an open hand", lambda: fist(hand))


def test_one_emergency_stop_and_one_reset_for_both(stack, hand, until) -> None:
    assert stack.command("estop", "--socket").returncode == 0  # answers once both are latched
    assert stack.status.mode is hand.read_status().mode is ControlMode.ESTOP
    assert stack.command("reset").returncode == 0
    until(lambda: stack.status.mode is hand.read_status().mode is ControlMode.DISARMED, 30, "both reset")
