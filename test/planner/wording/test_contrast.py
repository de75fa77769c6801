"""What is not meant is not done, and what stays is left."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Don't give the rope to Vroni but to Tarek.", ["give rope Tarek"]),
        ("Don't put the novel on the rack but in the chest.", ["lay novel chest"]),
        ("Don't greet Vroni but Tarek.", ["greet Tarek"]),
        ("Tell Tarek, not Mr Abel, that the bus is here.", ["tell Tarek the bus is here"]),
        ("Give the flask to Tarek; not to Vroni but to him personally.", ["give flask Tarek"]),
        ("Please don't open the window yet; only turn the fan on.", ["turn_on fan"]),
    ],
)
def test_only_what_is_meant_is_done(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Leave the novel where it is, but give Tarek the scarf.", ["give scarf Tarek"]),
        ("Turn off the gramophone, and leave the lamp on.", ["turn_off gramophone"]),
        ("Leave the flask on the rack and give Vroni the rope.", ["give rope Vroni"]),
        ("Wipe the long table; leave the window closed.", ["wipe long_table"]),
        ("Put everything from the rack in the chest except the rope.", ["lay flask chest", "lay scarf chest"]),
    ],
)
def test_what_is_to_stay_is_left(lodge, text, steps):
    assert sorted(lodge(text)) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Greet everyone in the parlour except Vroni and me.", ["greet Mr_Abel"]),
        ("Tell everyone in the parlour except the maid and me that supper is ready.", ["tell Mr_Abel supper is ready"]),
        ("Say hello to everybody in the parlour apart from Mr Abel.", ["greet Vroni", "greet warden"]),
    ],
)
def test_people_are_left_out_of_those_in_a_room(lodge, text, steps):
    assert sorted(lodge(text)) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "Give Vroni the rope and Tarek the scarf, or rather the other way round.",
            ["give rope Tarek", "give scarf Vroni"],
        ),
        ("Please give Vroni the flask. No, wait, she would rather have the novel.", ["give novel Vroni"]),
        ("Give Tarek the rope and the... no, just the rope.", ["give rope Tarek"]),
    ],
)
def test_second_thoughts_count(lodge, text, steps):
    assert sorted(lodge(text)) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Turn on the fan. Actually, don't.", ["statement"]),
        ("Turn on the fan. No, forget it.", ["statement"]),
        ("Turn on the fan and close the hatch. No, never mind.", ["turn_on fan"]),
        ("Instead of greeting Vroni, greet Tarek.", ["greet Tarek"]),
        ("Wipe the long table instead of sweeping the parlour.", ["wipe long_table"]),
        ("Apart from the rope, put everything from the rack in the chest.", ["lay flask chest", "lay scarf chest"]),
        ("Tell Tarek and not Vroni that the bus is here.", ["tell Tarek the bus is here"]),
        ("Close the hatch and open the window - no, the other way round.", ["close window", "open hatch"]),
        ("Wipe the long table, and in the meantime... no, afterwards, sweep the parlour.",
         ["sweep parlour", "wipe long_table"]),
        ("Give the scarf, no, sorry, the rope, to Tarek.", ["give rope Tarek"]),
    ],
)  # fmt: skip
def test_what_is_taken_back_is_not_done(lodge, text, steps):
    assert sorted(lodge(text)) == steps
