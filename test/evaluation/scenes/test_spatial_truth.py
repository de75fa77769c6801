"""The truth of rooms and the relations of the stack, which are other code, agree where it is clear."""

import pytest

from skill_stack.core.spatial import relations, solids
from skill_stack.core.spatial.relations import SIDES, Viewing
from skill_stack.evaluation.scenes.pointing_scenes import pointing_scene
from skill_stack.evaluation.scenes.spatial_scenes import spatial_scene, stance
from skill_stack.evaluation.scenes.spatial_truth import SpatialTruth


@pytest.mark.parametrize("seed", range(4))
def test_sides_distances_and_supports_agree(seed):
    scene = spatial_scene(seed)
    truth, viewer, things = SpatialTruth(scene.before), stance(scene.eyes[0]), scene.before
    for one in things:
        for other in (name for name in things if name != one):
            a, b = things[one], things[other]
            assert solids.gap(a, b) == pytest.approx(truth.gap(one, other), abs=0.04)
            assert (relations.support(a, things.values()) == other) == (truth.carrier(one) == other)
            if truth.carrier(one) == other or truth.carrier(other) == one:
                continue
            for side in SIDES:
                for frame in relations.FRAMES:
                    so = truth.seen_side(frame, side, one, other, viewer)
                    view = Viewing(frame, viewer, said=True)
                    assert so is None or (relations.margin(side, a, [b], view) >= 0) == so, (side, frame, one, other)


def test_a_room_changes_and_is_the_same_for_its_seed():
    scene = spatial_scene(7)
    assert scene == spatial_scene(7) and scene.before != scene.after
    gesture = pointing_scene(3)
    assert gesture == pointing_scene(3) and gesture.target in {one.id for one in gesture.things}
