"""Control process and supervisor as real processes against the peer of a Dex3-1 hand."""

import signal

import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from dex3.process import HandProcess, HandStack

from test.eventually import eventually

PATIENCE = 30.0  # s
FIST = {3: 1.3, 4: 1.4, 5: 1.3, 6: 1.4}  # rad, of both fingers by motor number

pytestmark = pytest.mark.e2e


@pytest.fixture
def hand(tmp_path, domain):
    with HandProcess(tmp_path, "--domain", str(domain)) as process:
        yield process


def closed(hand) -> bool:
    angles = hand.ask("report")["angles"]
    return all(abs(angles[motor] - angle) < 0.15 for motor, angle in FIST.items())


def test_makes_a_fist_and_is_damped_when_the_control_process_dies(hand, domain):
    with HandStack(hand, domain) as stack:
        stack.ask_for("close_hand")
        stack.until(lambda: closed(hand), "a fist")
        before = hand.ask("report")
        assert not before["violations"]
        stack.kill("control", signal.SIGKILL)
        done = len(before["endings"])
        ends = eventually(lambda: hand.ask("report")["endings"][done:], PATIENCE, "an end of driving")
        assert ends == ["damped"], "the supervisor is faster than the motors' time-out"
        eventually(lambda: all(hand.ask("report")["protected"]), PATIENCE, "motors that stop if nobody comes")
        assert not hand.ask("report")["violations"]


def test_motors_stop_by_themselves_when_every_process_dies(hand, domain):
    with HandStack(hand, domain) as stack:
        stack.ask_for("close_hand")
        stack.until(lambda: closed(hand), "a fist")
        for name in ("supervisor", "control"):
            stack.kill(name, signal.SIGSTOP)
        for name in ("supervisor", "control"):
            stack.kill(name, signal.SIGKILL)
        eventually(lambda: all(hand.ask("report")["stopped"]), PATIENCE, "motors that stopped by themselves")
        told = hand.ask("report")
        assert (told["doing"], told["endings"][-1]) == ("limp", "stopped") and not told["violations"]
