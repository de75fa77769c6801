"""Faults on the robot's network against real processes; ``campaign.py`` beside the peer does hundreds."""

from pathlib import Path

import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from unitree import faults
from unitree.campaign import FLOOR, table
from unitree.process import PeerProcess
from unitree.stack import RobotStack
from unitree.trial import Verdict, run_trial

KINDS = ("frames damaged", "counter goes back", "second writer", "remote: emergency stop", "link lost")


@pytest.fixture(scope="module")
def stack(tmp_path_factory, domain):
    folder = tmp_path_factory.mktemp("peer")
    with PeerProcess(folder, "--domain", str(domain), "--scene", str(FLOOR), "--service", "normal") as peer:
        with RobotStack(peer, domain) as running:
            yield running


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_ends_damped_with_a_reason_and_walks_again_for_a_person(stack, kind):
    """The robot walks, something goes wrong on the way to it, and a person re-arms."""
    verdict = run_trial(stack, seed=7, name=kind)
    assert not verdict.problems, (verdict, stack.log("control")[-2000:])
    assert verdict.reason
    assert verdict.recovered is not None


def test_every_fault_can_be_made():
    """A fault is a bite that exists, or something done to the stack; and says what may come of it."""
    from unitree.bites import Bites

    for fault in faults.FAULTS.values():
        assert (fault.bite in Bites.names) != (fault.do is not None), fault.name
        assert fault.modes and fault.seconds[0] >= fault.counts_from, fault.name


def test_table_counts_what_went_wrong():
    """Trials with problems are not counted as good."""
    kinds = [Verdict(1, "stop", 0.5, "stance", "stop", 0.02), Verdict(2, "stop", 0.5, problems=("hanging",))]
    assert "| 1 of 2 |" in table(kinds)
    assert Path(FLOOR).exists()
