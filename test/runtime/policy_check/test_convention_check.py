"""A policy that walks is imported wrongly on purpose: the convention that is wrong is the first to be named."""

import hashlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from skill_stack.commands.skills.try_skill import _odd
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_library import load_library
from skill_stack.runtime.policy_check.convention_check import Suspect, _better, suspects
from skill_stack.runtime.policy_check.skill_trial import try_once

FORWARDS = {"vx": 0.6, "vy": 0.0, "wz": 0.0}
SIDEWAYS = {"vx": 0.0, "vy": 0.4, "wz": 0.0}
FRAMES = 10
BY_KIND = tuple(f"{leg}_{part}_joint" for part in ("hip", "thigh", "calf") for leg in ("FL", "FR", "RL", "RR"))
RIGHT_FIRST = tuple(f"{leg}_{part}_joint" for leg in ("FR", "FL", "RR", "RL") for part in ("hip", "thigh", "calf"))


def misread(library, **changes):
    """The library with other conventions in the walk and in the stance of the same network."""
    for name in ("walk", "stand"):
        part = library[name].policy
        manifest = part.manifest.model_copy(update=changes)
        library = library.changed(name, policy=part.model_copy(update={"manifest": manifest}))
    return library


def of_kind(library, kind):
    action = library["walk"].policy.manifest.action.model_copy(update={"kind": kind})
    return misread(library, action=action)


def turned_gravity(library):
    (entry,) = library["walk"].policy.manifest.inputs
    terms = tuple(
        term.model_copy(update={"params": {"up": True}}) if term.term == "projected_gravity" else term
        for term in entry.terms
    )
    return misread(library, inputs=(entry.model_copy(update={"terms": terms}),))


def named(go2, library, bare_floor, asked, heard=None):
    """The suspects, after the command line found the run odd."""
    result, line = try_once(go2, library.changed("walk", timeout=3.0), bare_floor, "walk", asked)
    assert _odd(result, line.figures(asked))
    return suspects(go2, library, bare_floor, "walk", asked, (lambda what: None) if heard is None else heard.append)


@pytest.fixture(scope="module")
def with_history(foreign_walk, tmp_path_factory):
    """The walk with a network that takes ten frames, oldest first, and looks at the last."""
    entry = foreign_walk.entries["walk"]
    model = onnx.load(entry.folder / "policy.onnx")
    graph, manifest = model.graph, entry.spec.policy.manifest
    (one,) = graph.input
    size = one.type.tensor_type.shape.dim[1].dim_value
    graph.input.remove(one)
    graph.input.append(helper.make_tensor_value_info("frames", TensorProto.FLOAT, [1, FRAMES * size]))
    for name, value in (("begin", (FRAMES - 1) * size), ("end", FRAMES * size), ("axis", 1)):
        graph.initializer.append(numpy_helper.from_array(np.array([value], np.int64), name))
    graph.node.insert(0, helper.make_node("Slice", ["frames", "begin", "end", "axis"], [one.name]))
    path = tmp_path_factory.mktemp("history") / "policy.onnx"
    onnx.save(model, str(path))
    (seen,) = manifest.inputs
    terms = tuple(term.model_copy(update={"history": FRAMES}) for term in seen.terms)
    seen = seen.model_copy(update={"name": "frames", "layout": "by_frame", "terms": terms})
    library = misread(foreign_walk, inputs=(seen,))
    for name in ("walk", "stand"):
        file = {"model": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        library = library.changed(name, policy=library[name].policy.model_copy(update=file))
    return library


@pytest.mark.slow
@pytest.mark.parametrize("kind", [pytest.param("measured_plus_scaled", marks=pytest.mark.slow), "previous_plus_scaled"])
def test_the_meaning_of_an_action(go2, foreign_walk, bare_floor, kind) -> None:
    heard = []
    first, *others = named(go2, of_kind(foreign_walk, kind), bare_floor, FORWARDS, heard)
    assert first.what == f"action kind: default_plus_scaled instead of {kind}"
    assert first.stood == 3.0 and first.error < 0.15
    assert not [other.what for other in others if other.what.startswith("gains: a tenth")]  # limp is not up
    assert "gravity: the opposite sign" in heard


@pytest.mark.slow
@pytest.mark.parametrize("order", [BY_KIND, RIGHT_FIRST])
def test_the_order_of_joints(go2, foreign_walk, bare_floor, order) -> None:
    first = named(go2, misread(foreign_walk, joint_names=order), bare_floor, FORWARDS)[0]
    assert first.what == "joint order: that of the robot"


@pytest.mark.slow
def test_gains(go2, foreign_walk, bare_floor) -> None:
    manifest = foreign_walk["walk"].policy.manifest
    weak = {key: tuple(0.1 * value for value in getattr(manifest, key)) for key in ("stiffness", "damping")}
    first = named(go2, misread(foreign_walk, **weak), bare_floor, FORWARDS)[0]
    assert first.what.startswith("gains: ") and first.error < 0.15


@pytest.mark.slow
def test_the_sign_of_gravity(go2, foreign_walk, bare_floor) -> None:
    """This policy walks forwards by its clock and its joints alone; sideways it does not."""
    assert named(go2, turned_gravity(foreign_walk), bare_floor, SIDEWAYS)[0].what == "gravity: the opposite sign"


@pytest.mark.slow
def test_the_order_of_a_history(go2, with_history, bare_floor) -> None:
    result, line = try_once(go2, with_history.changed("walk", timeout=3.0), bare_floor, "walk", FORWARDS)
    assert not _odd(result, line.figures(FORWARDS))
    (seen,) = with_history["walk"].policy.manifest.inputs
    wrong = misread(with_history, inputs=(seen.model_copy(update={"order": "newest_first"}),))
    assert named(go2, wrong, bare_floor, FORWARDS)[0].what == "history: the other order"


def test_nothing_is_suspected_of_a_policy_without_a_manifest(go2, bare_floor) -> None:
    assert suspects(go2, load_library(Resources.from_environment({}), go2), bare_floor, "walk", FORWARDS) == []


def test_nothing_is_suspected_of_what_goes_well_as_long_as_a_trial_lasts(go2, foreign_walk, bare_floor) -> None:
    """A wall stops it later: that is no convention's doing, and nothing else is tried."""
    heard = []
    assert suspects(go2, foreign_walk, bare_floor, "walk", FORWARDS, heard.append) == []
    assert not heard


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        ((3.0, 0.01), (3.0, 0.04), False),  # truer by a factor that nobody can measure
        ((3.0, 0.05), (3.0, 0.5), True),
        ((3.0, None), (3.0, None), False),  # nothing was asked for: staying up alone tells
        ((3.0, None), (1.0, None), True),
        ((2.0, 0.0), (1.5, 0.5), False),
    ],
)
def test_only_what_differs_measurably_is_better(one, other, better) -> None:
    assert _better(one, other) == better


def test_velocity_is_told_only_where_one_was_asked_for() -> None:
    assert str(Suspect("gravity", 3.0, None)) == "gravity: it stays up for 3.0 s"
    assert str(Suspect("gravity", 3.0, 0.25)).endswith("3.0 s, velocity off by 0.25")
