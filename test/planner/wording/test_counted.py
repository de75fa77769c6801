"""Rooms are named by what is in them, people by how many they are; what lies somewhere by then is put there first."""

import pytest


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Sweep all the rooms with racks in them.", ["sweep scullery"]),
        ("Please sweep every room that has a chest in it.", ["sweep attic"]),
        ("Sweep all rooms with windows in them.", ["sweep attic"]),
        ("Once the novel is in the chest, wipe the long table.", ["lay novel chest", "wipe long_table"]),
        ("As soon as the flask is on the long table, close the hatch.", ["lay flask long_table", "close hatch"]),
        ("The novel on the long table belongs in the chest; please put it in and close the hatch.",
         ["lay novel chest", "close hatch"]),
        ("The flask goes into the chest so that nobody breaks it.", ["lay flask chest"]),
    ],
)  # fmt: skip
def test_what_is_only_described_is_found(lodge, text, steps):
    assert lodge(text) == steps


@pytest.mark.parametrize("text", ["Once Tarek is in the parlour, greet him.", "Greet both guests in the attic."])
def test_nobody_is_put_anywhere_and_nobody_is_made_up(lodge, text):
    assert not any(step.startswith("lay") for step in lodge(text))
    assert len(lodge(text)) < 2
