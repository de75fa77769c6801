"""Words to reward terms: what amounts and degrees give, what is refused by name, what is never taken for a motion."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.motion.words import MotionEditor, MotionReader, MotionRefusal, SpokenBody, told
from skill_stack.motion.words.word_data import motion_data

DOG = MotionReader(SpokenBody(("FL", "FR", "RL", "RR"), stand_height=0.3))
HAND = MotionReader(SpokenBody(fingers=("index", "middle", "ring", "thumb"), has_object=True))
MARKS = (("head", (0.0, 1.28)), ("shoulder", (0.0, 1.04)), ("chest", (0.08, 0.95)))
ARMS = MotionReader(SpokenBody(hands=("left", "right"), landmarks=MARKS))
EDITS = MotionEditor(DOG)
LEGS = {"left front paw": "FL", "right fore leg": "FR", "hind left foot": "RL", "rear right leg": "RR"}
REQUESTS = ("lift your left front paw", "lean to the left", "spin on the spot fast", "sit low with the body flat")


def targets(read: object) -> dict[str, float | None]:
    """Targets by label, of a request that was read."""
    assert isinstance(read, RewardSet), read
    return {term.label: term.target for term in read.terms}


def test_words_that_are_not_read_and_would_ask_for_the_impossible_are_about_something_else():
    empty = MotionReader(SpokenBody(fingers=("index", "middle", "ring", "thumb")))
    assert empty.read("shove the cube to the ring finger") is None
    assert isinstance(empty.read("turn the cube to the left"), MotionRefusal)


@pytest.mark.parametrize(
    ("reader", "text", "expected"),
    [
        (DOG, "lift your left front paw a bit higher", {"foot_lift of FL": 0.05}),
        (DOG, "jump up high", {"apex_height": 0.45}),
        (DOG, "jump 40 cm high", {"apex_height": 0.4}),
        (DOG, "sit low with the body flat", {"base_height": 0.18, "base_pitch": 0.0, "base_roll": 0.0}),
        (DOG, "roll over", {"base_roll": 3.1416, "base_height": 0.1}),
        (DOG, "lower your body by 5 cm", {"base_height": 0.25}),
        (DOG, "turn to the north", {"heading": 1.5708}),
        (DOG, "lift both front paws and look up", {"foot_lift of FL": 0.1, "foot_lift of FR": 0.1, "base_pitch": -0.3}),
        (DOG, "lift your left front paw by ten centimetres", {"foot_lift of FL": 0.1}),
        (DOG, "walk forward with quick small steps", {"velocity_x": 0.4, "step_frequency": 2.6, "step_height": 0.045}),
        (HAND, "touch the cube with your middle finger and thumb", {
            "distance of middle and object": 0.045, "distance of thumb and object": 0.045}),
        (HAND, "turn the cube a quarter to the left", {"object_yaw": 1.5708}),
        (HAND, "rotate the cube 30 degrees clockwise", {"object_yaw": -0.5236}),
        (HAND, "touch your thumb with your ring finger", {"distance of ring and thumb": 0.03}),
        (ARMS, "raise your left hand above your head", {"hand_height of left": 1.38}),
        (ARMS, "hold your left hand 20 cm above your head", {"hand_height of left": 1.48}),
        (ARMS, "hold your right hand 20 cm in front of your chest", {
            "hand_forward of right": 0.28, "hand_outward of right": 0.05, "hand_height of right": 0.95}),
        (ARMS, "lift both arms to shoulder height", {"hand_height of left": 1.04, "hand_height of right": 1.04}),
        (ARMS, "stretch both arms sideways", {
            "hand_outward of left": 0.5, "hand_outward of right": 0.5, "hand_height of left": 1.0,
            "hand_height of right": 1.0}),
        (ARMS, "raise your hand slowly", {"hand_height of right": 1.15, "pace": 0.65}),
        (ARMS, "raise your left hand by 20 cm", {"hand_height of left": 1.07}),
        (ARMS, "bend forward by ten degrees at the waist", {"trunk_pitch": 0.1745}),
        (ARMS, "turn your upper body to the left by 30 degrees", {"trunk_turn": 0.5236}),
        (ARMS, "raise your right hand and lean to the left", {"hand_height of right": 1.15, "trunk_roll": -0.17}),
    ],
)  # fmt: skip
def test_requests_become_terms(reader: MotionReader, text: str, expected: dict[str, float]) -> None:
    """Body parts, directions, degrees, amounts, conjunctions and whole motions."""
    assert targets(reader.read(text, yaw=0.0)) == pytest.approx(expected, abs=1e-3)


@given(st.sampled_from(sorted(LEGS)), st.integers(1, 60))
def test_amounts_are_taken_as_said_or_refused_with_the_term(leg: str, size: int) -> None:
    """The height in the words is the target; beyond the range of the term the refusal names it."""
    read = DOG.read(f"lift your {leg} {size} cm", None)
    if size / 100 <= reward_terms()["foot_lift"].range[1]:
        assert targets(read) == {f"foot_lift of {LEGS[leg]}": pytest.approx(size / 100)}
    else:
        assert isinstance(read, MotionRefusal) and read.cause == "term" and read.name == "foot_lift"
        assert "0 to 0.3 m" in read.reason


@given(st.lists(st.sampled_from(sorted(motion_data().items.degrees, key=float)), min_size=2, max_size=2))
def test_more_is_never_less(degrees: list[str]) -> None:
    """A stronger word of degree asks for as much or more, within what words reach."""
    low, high = sorted(degrees, key=float)
    said = [motion_data().items.degrees[degree][0] for degree in (low, high)]
    less, more = (targets(DOG.read(f"lift your left front paw {word}", None))["foot_lift of FL"] for word in said)
    assert less is not None and more is not None
    assert 0.0 < less <= more <= motion_data().rules.usable["foot_lift"][1]


@given(st.sampled_from(REQUESTS), st.sampled_from(motion_data().items.never), st.integers(0, 5))
def test_no_prohibition_or_question_becomes_motion(request: str, word: str, at: int) -> None:
    """One word of refusing or asking anywhere, and it is none of ours."""
    words = request.split()
    assert DOG.read(" ".join([*words[:at], word, *words[at:]]), 0.0) is None


@given(st.sampled_from(REQUESTS), st.sampled_from(("bark", "cupboard", "xyzzy")), st.integers(0, 5))
def test_an_unknown_word_is_named_and_moves_nothing(request: str, word: str, at: int) -> None:
    """What is not understood is never left out."""
    words = request.split()
    read = DOG.read(" ".join([*words[:at], word, *words[at:]]), 0.0)
    assert read is None or (isinstance(read, MotionRefusal) and read.cause == "word")
    assert read is None or f"'{read.name}'" in read.reason


@pytest.mark.parametrize(
    ("reader", "text", "named"),
    [
        (DOG, "turn left and spin right", "exclude each other"),
        (DOG, "raise and lower your nose", "exclude each other"),
        (DOG, "raise your body to 3 m", "base_height: 3 m is outside of 0.08 to 0.6 m"),
        (DOG, "lift your left front paw slowly", "'slowly'"),
        (DOG, "lift your left front paw 12 degrees", "'12 degrees'"),
        (HAND, "tilt the cube and turn it 400 degrees to the left", "object_yaw: 6.98132 rad is outside"),
    ],
)
def test_what_cannot_be_asked_for_is_named(reader: MotionReader, text: str, named: str) -> None:
    """Exclusive terms, ranges, and words that have no part in the rest."""
    read = reader.read(text, None)
    assert isinstance(read, MotionRefusal) and named in read.reason, read


@pytest.mark.parametrize("text", ["lift the box", "hello", "", "your left front paw", "the sky is wide", "speed up"])
def test_words_about_no_motion_of_this_robot_are_left_alone(text: str) -> None:
    """A thing that a robot has not is no part of it, and a part alone is no request."""
    assert DOG.read(text, None) is None


def test_a_heading_needs_the_map() -> None:
    """Without the robot's own heading a direction of the compass is refused."""
    read = DOG.read("face north and crouch", None)
    assert isinstance(read, MotionRefusal) and "no heading on the map" in read.reason


@given(st.text(max_size=60))
@example("lift " * 12)
@example("1/0 m, -1e400 degrees")
def test_any_text_is_read_or_left(text: str) -> None:
    """Nothing that people can type raises."""
    for read in (DOG.read(text, 0.0), HAND.read(text, None), EDITS.edit(text, LIFTED)):
        assert read is None or isinstance(read, RewardSet | MotionRefusal)


LIFTED = RewardSet.parse({"terms": [{"term": "foot_lift", "of": "FL", "target": 0.1}]}, "a lifted paw")
SPINNING = RewardSet.parse({"terms": [{"term": "turn_rate", "target": 1.0}, {"term": "base_roll", "target": 0.2}]}, "s")


@pytest.mark.parametrize(
    ("text", "last", "expected"),
    [
        ("higher", LIFTED, {"foot_lift of FL": 0.155}),
        ("5 cm lower", LIFTED, {"foot_lift of FL": 0.05}),
        ("as high as you can", LIFTED, {"foot_lift of FL": 0.22}),
        ("the other leg", LIFTED, {"foot_lift of FR": 0.1}),
        ("now the right hind paw", LIFTED, {"foot_lift of RR": 0.1}),
        ("slower", SPINNING, {"turn_rate": 0.7, "base_roll": 0.2}),
        ("the other way", SPINNING, {"turn_rate": -1.0, "base_roll": -0.2}),
    ],
)
def test_comparatives_change_the_last_set(text: str, last: RewardSet, expected: dict[str, float]) -> None:
    """By a step, an amount, to the end, to another limb, in speed and in direction."""
    assert targets(EDITS.edit(text, last)) == pytest.approx(expected, abs=1e-3)


@given(st.lists(st.sampled_from(["higher", "lower", "a bit higher", "much lower", "the other leg"]), max_size=12))
def test_changes_stay_within_what_words_reach(texts: list[str]) -> None:
    """However often; at an end the refusal says so and nothing changes."""
    low, high = motion_data().rules.usable["foot_lift"]
    last = LIFTED
    for text in texts:
        read = EDITS.edit(text, last)
        if isinstance(read, RewardSet):
            last = read
        else:
            assert isinstance(read, MotionRefusal) and told(last) in read.reason
        assert all(low <= (term.target or 0.0) <= high for term in last.terms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the other arm", {"hand_height of right": 1.0}),
        ("now the right hand", {"hand_height of right": 1.0}),
        ("10 cm higher", {"hand_height of left": 1.1}),
        ("slower", {"hand_height of left": 1.0, "pace": 0.7}),
        ("slower but higher", {"hand_height of left": 1.2125, "pace": 0.7}),
    ],
)
def test_motions_of_arms_change_by_words(text: str, expected: dict[str, float]) -> None:
    """Among them how fast they are, which the request need not have said."""
    raised = RewardSet.parse({"terms": [{"term": "hand_height", "of": "left", "target": 1.0}]}, "a set")
    assert targets(MotionEditor(ARMS).edit(text, raised)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("text", ["raise your left hand while you walk forward", "put your hands behind your back"])
def test_what_arms_cannot_do_is_refused_with_the_word(text: str) -> None:
    """A clause without a part of the body goes on with that of the one before, but walking is not of a hand."""
    read = ARMS.read(text)
    assert isinstance(read, MotionRefusal) and read.cause == "word" and read.name in ("walk", "behind")


@pytest.mark.parametrize("text", ["is it higher?", "do not go higher", "go to the ball", "stop that", ""])
def test_other_words_change_nothing(text: str) -> None:
    """Questions, prohibitions and orders are no change of a set."""
    assert EDITS.edit(text, LIFTED) is None


def test_every_rule_can_be_asked_for() -> None:
    """A word that a rule speaks of is one that people can say, and its usual targets are within what words reach."""
    items, rules = motion_data().items, motion_data().rules
    for rule in rules.rules:
        assert set(rule.words) <= set(items.aspects) and (not rule.idiom or rule.idiom in items.idioms), rule
        for term in rule.terms:
            low, high = rules.usable.get(term.term, reward_terms()[term.term].range)
            assert term.usual is None or term.axis or low <= term.usual <= high, rule
