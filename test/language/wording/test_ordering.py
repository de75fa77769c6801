"""What is said to come first is done first, wherever it stands."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Turn off the lamp last; first give the rope to Tarek.", ["give rope Tarek", "turn_off lamp"]),
        ("Sweep the attic at the very end; to begin with, wipe the long table.", ["wipe long_table", "sweep attic"]),
        ("Close the chest last, and before that put the scarf in it.", ["lay scarf chest", "close chest"]),
        ("Greet Vroni. Prior to that, open the window.", ["open window", "greet Vroni"]),
        ("Turn on the fan; finally, sweep the attic.", ["turn_on fan", "sweep attic"]),
    ],
)
def test_what_comes_last_is_done_last(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Open the window after you have swept the attic.", ["sweep attic", "open window"]),
        ("Turn the lamp off only after you have told Tarek that the bus is here.",
         ["tell Tarek the bus is here", "turn_off lamp"]),
        ("Don't sweep the parlour until you have wiped the long table.", ["wipe long_table", "sweep parlour"]),
        ("Having swept the scullery, close the hatch.", ["sweep scullery", "close hatch"]),
        ("After you have given Tarek the rope, greet him.", ["give rope Tarek", "greet Tarek"]),
        ("Greet Mr Abel after you have given him the novel.", ["give novel Mr_Abel", "greet Mr_Abel"]),
        ("When the gramophone has been turned off, wipe it.", ["turn_off gramophone", "wipe gramophone"]),
        ("Once the attic has been swept, open the window.", ["sweep attic", "open window"]),
    ],
)  # fmt: skip
def test_what_has_to_be_done_by_then_is_done_first(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Before you turn off the gramophone, wipe it.", ["wipe gramophone", "turn_off gramophone"]),
        ("Before you tell Vroni that supper is ready, give her the flask.",
         ["give flask Vroni", "tell Vroni supper is ready"]),
        ("Before closing the hatch, sweep the scullery.", ["sweep scullery", "close hatch"]),
        ("Before you leave, close the hatch.", ["close hatch"]),
    ],
)  # fmt: skip
def test_what_comes_before_something_else_is_done_before_it(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Greet Tarek, but not before you have swept the attic.", ["sweep attic", "greet Tarek"]),
        ("Not until you have closed the hatch should you sweep the scullery.", ["close hatch", "sweep scullery"]),
        ("Don't sweep the parlour before the long table has been wiped.", ["wipe long_table", "sweep parlour"]),
        ("Tell Vroni that supper is ready first, since she is hungry, and after that that the bus is here.",
         ["tell Vroni supper is ready", "tell Vroni the bus is here"]),
        ("Greet Tarek, but before that give him the rope.", ["give rope Tarek", "greet Tarek"]),
    ],
)  # fmt: skip
def test_an_order_waits_for_what_comes_first(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Put the rope in the chest, having opened it first.", ["open chest", "lay rope chest"]),
        ("Wipe the long table, but before doing so take the novel to Tarek.",
         ["give novel Tarek", "wipe long_table"]),
        ("Wipe the rack. Before you do so, turn off the lamp.", ["turn_off lamp", "wipe rack"]),
        ("Close the chest; put the scarf in it before that, though.", ["lay scarf chest", "close chest"]),
        ("Give Tarek the flask after you've said hello to him.", ["greet Tarek", "give flask Tarek"]),
        ("Sweep the attic and open the window there beforehand.", ["open window", "sweep attic"]),
    ],
)  # fmt: skip
def test_what_it_means_is_what_can_be_done_with_it(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("When Tarek has got the rope back, greet him.", ["give rope Tarek", "greet Tarek"]),
        ("Greet Tarek as soon as he has been given the flask.", ["give flask Tarek", "greet Tarek"]),
        ("Once you've wiped the rack, the fan can be turned on.", ["wipe rack", "turn_on fan"]),
    ],
)
def test_what_somebody_has_by_then_is_brought_first(lodge, text, steps):
    assert lodge(text) == steps
