"""A hand on its gantry picks up what a relation names, through every process, by what its camera sees alone."""

import os

import pytest

from skill_stack.commands.measure.evaluate_picking import Tables
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import load_deployment
from skill_stack.evaluation.scenes.relation_scenes import relation_scene
from skill_stack.hardware.rendering.drawn_camera import DrawnCamera
from skill_stack.hardware.rendering.picture_strip import NoPictures

pytest.importorskip("cv2", reason="the extra perception is not installed")


@pytest.fixture
def gl(tmp_path):
    try:
        DrawnCamera("go2", "open", 0, tmp_path / "ring", (24, 32)).close()
    except NoPictures as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_the_thing_that_a_relation_names_is_picked_up_by_what_the_camera_sees(gl, monkeypatch) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", os.environ["ROS_DOMAIN_ID"])  # the tables have a domain of their own
    found = Resources.from_environment(os.environ)
    tables = Tables(found, load_deployment(found.deployment("gantry_camera")), "lock_step", None)
    score = tables.score(relation_scene(701))
    assert score.passed, score
