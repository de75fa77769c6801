"""Pictures of a plan's steps before it starts, rehearsed in the world as it is known."""

import io
import os

import numpy as np
import PIL.Image
import pytest

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.planner.trial import TrialSituation
from skill_stack.runtime.rehearsal.plan_preview import PreviewJob, preview_apart
from skill_stack.runtime.rehearsal.preview_pictures import preview

RESOURCES = Resources.from_environment(os.environ)
STANDING = frozenset([Fact("posture", ("robot", "standing"))])
AT_HOME = TrialSituation(SceneGraph(robot=Pose2(0.0, 0.0, 0.0)), STANDING)


def plan(*skills):
    return Plan("p", "words", "plan", PlanNode("sequence", tuple(PlanNode("skill", skill=one) for one in skills)))


def drawn(job):
    try:
        return preview_apart(job)
    except SkillStackError as error:
        if "no pictures without a GL library" in str(error):
            pytest.skip(str(error))
        raise


def test_steps_of_several_parts_beside_one_another_have_pictures_by_their_place(tmp_path):
    both = plan("sit", "close_hand").tree
    beside = Plan("p", "words", "plan", PlanNode("parallel", both.children))
    paths = drawn(PreviewJob("go2_hand", beside, AT_HOME, tmp_path))
    assert set(paths) == {0, 1}  # whichever ended first
    sits = np.asarray(PIL.Image.open(paths[0]), int)
    assert sits.mean() > 110 and sits[:20].min() > 150, "bright, under a sky"


def test_each_step_is_a_picture_of_how_it_ends(tmp_path):
    paths = drawn(PreviewJob("go2", plan("sit", "stand"), AT_HOME, tmp_path))
    assert list(paths) == [0, 1]
    sits, stands = (np.asarray(PIL.Image.open(io.BytesIO(path.read_bytes())), int) for path in paths.values())
    assert sits.shape == stands.shape == (240, 320, 3)
    assert np.count_nonzero(np.abs(sits - stands).sum(axis=-1) > 60) > 200, "a sitting robot looks otherwise"


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (PreviewJob("go2", Plan("p", "words", "refusal", None), AT_HOME, None), "no plan with steps"),
        (PreviewJob("go2", plan("sit"), TrialSituation(SceneGraph(), STANDING), None), "position is unknown"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(job, why):
    with pytest.raises(SkillStackError, match=why):
        preview(RESOURCES, job)


def test_a_process_that_fails_says_why(tmp_path):
    with pytest.raises(SkillStackError, match="no robot 'go3'"):
        preview_apart(PreviewJob("go3", plan("sit"), AT_HOME, tmp_path))
