"""Somebody is found by a part of his name, by what he is and where he is; never by what fits several."""

import pytest


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("stew for Oduya, please", "Mr_Oduya"),
        ("stew for old Pell, please", "Mrs_Pell"),
        ("stew for the lady in the garden, please", "Mrs_Pell"),
        ("stew for the lady outside, please", "Mrs_Pell"),
        ("stew for the gentleman, please", "Mr_Oduya"),
    ],
)
def test_somebody_is_meant_by_what_is_said_of_him(asked, words, person):
    assert asked(words) == [f"serve stew {person}"]


@pytest.mark.parametrize("words", ["stew for the priest, please", "stew for the boy at the gate, please"])
def test_nobody_is_made_up(asked, words):
    assert isinstance(asked(words), str)
