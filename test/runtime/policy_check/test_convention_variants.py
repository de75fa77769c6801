"""Other readings of a manifest: each is another one, and among them is whatever it was misread from."""

import pytest

from skill_stack.runtime.policy_check.convention_variants import alternatives

LEGS, PARTS = ("FL", "FR", "RL", "RR"), ("hip", "thigh", "calf")
DEPTHS = {f"{leg}_{part}_joint": depth for leg in LEGS for depth, part in enumerate(PARTS, 1)}


@pytest.fixture
def manifest(foreign_walk):
    return foreign_walk["walk"].policy.manifest


def test_every_alternative_is_another_reading(go2, manifest) -> None:
    found = list(alternatives(manifest, go2, DEPTHS))
    assert len(found) >= 12 and manifest not in [other for _, other in found]
    assert all(one != other for place, (_, one) in enumerate(found) for _, other in found[:place])
    assert not [what for what, _ in found if what.startswith("history")]  # it has none


@pytest.mark.parametrize("legs", [LEGS, ("FR", "FL", "RR", "RL")])
@pytest.mark.parametrize("by_leg", [True, False])
def test_orders_that_trainers_use_are_found_from_any_other(go2, manifest, legs, by_leg) -> None:
    right = tuple(f"{leg}_{part}_joint" for leg in legs for part in PARTS)
    if not by_leg:
        right = tuple(f"{leg}_{part}_joint" for part in PARTS for leg in legs)
    wrong = manifest.model_copy(update={"joint_names": tuple(reversed(manifest.joint_names))})
    orders = [other.joint_names for what, other in alternatives(wrong, go2, DEPTHS) if what.startswith("joint order")]
    assert right in orders


def test_a_map_read_the_wrong_way_round_is_read_back(go2, manifest) -> None:
    own = manifest.joint_names
    ids = [3, 0, 9, 6, 4, 1, 10, 7, 5, 2, 11, 8]
    right = tuple(own[place] for place in ids)
    wrong = tuple(own[ids.index(place)] for place in range(12))
    other = dict(alternatives(manifest.model_copy(update={"joint_names": wrong}), go2))
    assert other["joint order: the map between policy and robot the other way round"].joint_names == right


def test_gains_exchanged_and_gains_in_the_robots_order(go2, manifest) -> None:
    stiffness = tuple(float(place) for place in range(1, 13))
    mixed = manifest.model_copy(update={"joint_names": tuple(reversed(manifest.joint_names)), "stiffness": stiffness})
    other = dict(alternatives(mixed, go2))
    assert other["gains: stiffness and damping exchanged"].damping == stiffness
    assert other["gains: listed in the robot's order"].stiffness == tuple(reversed(stiffness))
    told = other["gains: told per degree"].stiffness  # as USD files state them
    assert told[0] == pytest.approx(57.29578)


def test_no_reading_invents_or_loses_a_joint(go2, manifest) -> None:
    for what, other in alternatives(manifest, go2, {}):
        assert sorted(other.joint_names) == sorted(manifest.joint_names), what


def test_frames_given_by_their_ages_are_turned_round_too(go2, manifest) -> None:
    (seen,) = manifest.inputs
    terms = (*seen.terms[:-1], seen.terms[-1].model_copy(update={"ages": (1, 2, 3)}))
    aged = manifest.model_copy(update={"inputs": (seen.model_copy(update={"terms": terms}),)})
    other = dict(alternatives(aged, go2))["history: the other order"]
    assert other.inputs[0].terms[-1].ages == (3, 2, 1)
