"""What has not been done is done where the next sentence asks for it; what somebody lacks is brought to him."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("The attic hasn't been swept since Sunday; please see to that.", ["sweep attic"]),
        ("Neither the attic nor the scullery has been swept yet. Please do both.", ["sweep attic", "sweep scullery"]),
        ("The gramophone can be turned off once everybody has gone, so do it now.", ["turn_off gramophone"]),
        ("The long table should be wiped every evening. Please do it now.", ["wipe long_table"]),
        ("Vroni is out of rope. Would you bring her some from the rack?", ["give rope Vroni"]),
        ("Tarek has asked for a flask; he's in the attic. Please take him one.", ["give flask Tarek"]),
        ("Mr Abel has no scarf. Please give him one.", ["give scarf Mr_Abel"]),
        ("The parlour wants sweeping, and so does the attic.", ["sweep parlour", "sweep attic"]),
        ("The parlour needs sweeping, and the same goes for the scullery.", ["sweep parlour", "sweep scullery"]),
        ("After you have swept the attic, sweep the parlour and the scullery as well.",
         ["sweep attic", "sweep parlour", "sweep scullery"]),
    ],
)  # fmt: skip
def test_what_is_told_first_is_done_when_it_is_asked_for(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("It would be good if the parlour and the attic were swept before we go.", ["sweep parlour", "sweep attic"]),
        ("Would it be possible to have the fan on and the lamp off?", ["turn_on fan", "turn_off lamp"]),
        ("I'd be happier with the gramophone off and the window open.", ["turn_off gramophone", "open window"]),
        ("Could the lamp be turned off and the window opened?", ["turn_off lamp", "open window"]),
        ("Could Vroni have the scarf, please, and I the novel?", ["give scarf Vroni", "give novel warden"]),
        ("The novel and the rope are dry now. They go in the chest.", ["lay novel chest", "lay rope chest"]),
        ("It's your turn to do the floors: the attic and the scullery, please.", ["sweep attic", "sweep scullery"]),
        ("Clean the floor of the attic.", ["sweep attic"]),
        ("Give the rope to Tarek. Oh no, to Vroni, I mean.", ["give rope Vroni"]),
        ("Give the flask to Vroni, no, hang on, to Tarek up in the attic.", ["give flask Tarek"]),
        ("The novel goes to Tarek, and please open the window before you give it to him.",
         ["open window", "give novel Tarek"]),
    ],
)  # fmt: skip
def test_what_would_be_good_is_done(lodge, text, steps):
    assert sorted(lodge(text)) == sorted(steps)


@pytest.mark.parametrize(
    "text",
    [
        "The long table is wiped every evening.",
        "The children are tired. They go to the attic.",
        "Could doors be opened by a robot?",
    ],
)
def test_what_is_only_told_or_asked_is_not_done(lodge, text):
    assert not any(step.split()[0] in ("sweep", "wipe", "open", "lay") for step in lodge(text))
