"""The measurement of the checks goes on where it ended, and counts alarms and what was noticed."""

import json

import pytest

from skill_stack.benchmarks.control import sensors
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import DataError


def piece(seed, alarms=(), share=0.4):
    return {
        "robot": "leap", "seed": seed, "simulated": 36.0, "alarms": list(alarms), "falls": 0,
        "most": {"joint_motion": [share, "open_hand"]},
    }  # fmt: skip


def trial(moment, noticed=True, walked=False):
    return {
        "kind": "IMU: gyro exactly zero", "moment": moment, "seed": 0, "ready": True, "noticed": noticed, "after": 0.5,
        "words": "", "walked": walked, "fell_before": False, "fell": False, "mode": "stance", "skill": "lie",
    }  # fmt: skip


def by_name(rows: list[Row]):
    return {row.name: row for row in rows}


def test_alarms_are_counted_and_the_largest_share_is_named():
    found = by_name(sensors.use_rows([piece(3), piece(4, ["1.0 s: made up"], 1.2)]))
    assert found["leap: use"].value == 0.02 and "seeds 3–4" in found["leap: use"].note
    assert found["leap: alarms"].holds is False and "seed 4" in found["leap: alarms"].note
    assert found["leap: joint_motion, largest / limit"].value == 1.2


def test_what_is_noticed_after_the_first_step_is_not_in_time():
    found = by_name(sensors.detection_rows([trial("rise"), trial("rise", walked=True), trial("walk", noticed=False)]))
    assert found["IMU: gyro exactly zero, before the first step"].value == 50.0
    assert found["IMU: gyro exactly zero, while walking"].value == 0.0


def test_a_hand_is_used_in_pieces(tmp_path):
    out = tmp_path / "runs.jsonl"
    out.write_text(json.dumps(piece(5)) + "\n")
    found = sensors.use("leap", 40.0 / 3600.0, 5, out)
    assert [run["seed"] for run in found] == [5, 6] and found[0] == piece(5)
    assert not found[1]["alarms"] and 0.0 < found[1]["most"]["joint_motion"][0] < 1.0
    assert len(out.read_text().splitlines()) == 2


def test_a_robot_that_cannot_rise_has_no_moment_before_its_first_step():
    with pytest.raises(DataError, match="leap has no skill 'rise'"):
        sensors.wrong("leap", 1, 0, None)
    assert sensors.wrong("leap", 0, 0, None) == []
