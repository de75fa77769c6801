"""Faults over the buses of hands: the campaign passes what the drivers do, and finds a driver that does worse."""

import pytest

from skill_stack.benchmarks.devices import hand_campaign
from skill_stack.benchmarks.devices.hand_campaign import HandVerdict, campaign, rows, run_fault

pytest.importorskip("dynamixel_sdk")
pytest.importorskip("can")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_fault_ends_without_torque_and_with_a_reason(seed):
    verdict = run_fault(seed)
    assert verdict.wrong == () and verdict.seed == seed


def test_a_driver_that_leaves_torque_on_is_found(monkeypatch):
    from skill_stack.hardware.dynamixel.motors import Motors

    monkeypatch.setattr(Motors, "damp", lambda *_: None)
    serial = next(seed for seed in range(100) if _would_be_closed_on_serial(seed))
    assert any("torque is on" in text for text in run_fault(serial).wrong)


def _would_be_closed_on_serial(seed):
    rng = hand_campaign.np.random.default_rng((seed, 31))
    serial, _, ending = rng.random() < 0.5, rng.integers(len(hand_campaign.SERIAL)), rng.integers(4)
    return serial and hand_campaign.SERIAL_ENDINGS[ending] == "closed"


def test_a_campaign_goes_on_where_it_ended(tmp_path, monkeypatch):
    asked = []

    def fault(seed):
        asked.append(seed)
        return HandVerdict(seed, "serial: noise", "closed", ("hung",) if seed == 3 else (), 0.01)

    monkeypatch.setattr(hand_campaign, "run_fault", fault)
    campaign(2, 0, tmp_path / "done.jsonl")
    found = campaign(5, 0, tmp_path / "done.jsonl")
    assert asked == [0, 1, 2, 3, 4] and [verdict.seed for verdict in found] == asked
    figures = {row.name: row for row in rows(found)}
    assert figures["faults over the buses"].value == 5
    assert figures["faults that ended badly"].holds is False and "seed 3" in figures["faults that ended badly"].note
