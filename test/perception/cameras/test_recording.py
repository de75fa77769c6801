"""Recorded looks: written and read back, scored against what stood there, and refused with a reason."""

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene_file import ObjectFile
from skill_stack.perception.cameras.recording import LookRecording, save_recording
from skill_stack.runtime.episodes.recorded_scenes import score_recorded

BALL = thing("ball", "red", 0.0, 0.1, (0.12, 0.12, 0.12))
TRUTH = ObjectFile(id="ball", kind="ball", shape="sphere", size=BALL.size, position=BALL.position, colour="red")


def test_a_recording_is_read_as_it_was_written(eye, tmp_path) -> None:
    looks = [seen([BALL], eye, stamp=float(number)) for number in range(2)]
    save_recording(tmp_path, looks)
    read = list(LookRecording(tmp_path))
    assert [look.stamp for look in read] == [0.0, 1.0]
    assert (read[0].colour == looks[0].colour).all()
    assert np.abs(read[0].depth - looks[0].depth).max() < 0.0006
    assert np.allclose(read[0].rotation, looks[0].rotation) and np.allclose(read[0].position, looks[0].position)


def test_a_recording_with_truth_is_scored_and_one_without_is_not_measured(eye, tmp_path) -> None:
    save_recording(tmp_path / "one", [seen([BALL], eye, stamp=float(n)) for n in range(3)], [TRUTH])
    figures = score_recorded(tmp_path)
    assert figures["recall"] == figures["precision"] == 1.0 and figures["position_error"] < 0.015
    assert "not measured" in score_recorded(tmp_path / "one" / "nothing")["note"]


def test_a_broken_look_in_it_is_told(eye, tmp_path) -> None:
    dark = seen([BALL], eye)
    dark.depth[:] = 0
    save_recording(tmp_path, [dark])
    assert "depth is missing in 100%" in score_recorded(tmp_path)["faults"][0]


def test_what_is_no_recording_is_refused(eye, tmp_path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        LookRecording(tmp_path)
    with pytest.raises(DataError, match="at least one look"):
        save_recording(tmp_path, [])
    path = save_recording(tmp_path, [seen([], eye)])
    path.write_text(path.read_text().replace("00000-depth.png", "../outside.png"))
    with pytest.raises(DataError, match="outside the folder"):
        list(LookRecording(tmp_path))
    path.write_text(path.read_text().replace("../outside.png", "00000-colour.png"))
    with pytest.raises(DataError, match="no 16-bit grey picture"):
        list(LookRecording(tmp_path))
