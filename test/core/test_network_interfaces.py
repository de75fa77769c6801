"""Network interfaces as the kernel of this machine lists them."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.network_interfaces import address_of, check_interface, interfaces, is_loopback, is_up


def test_loopback_is_up_and_has_its_address():
    assert "lo" in interfaces()
    assert is_up("lo") and is_loopback("lo")
    assert address_of("lo") == "127.0.0.1"


def test_an_interface_that_is_not_there_has_nothing_and_the_error_names_those_there_are():
    assert not is_up("nothing7") and not is_loopback("nothing7")
    assert address_of("nothing7") == ""
    with pytest.raises(DataError, match=r"mine: there is no network interface 'nothing7' that is up; up are:.*\blo\b"):
        check_interface("nothing7", "mine")
