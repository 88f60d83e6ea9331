"""Work for which cycles are not looked for."""

import gc

import pytest

from coworkmed.kernel.memory import uncollected


@pytest.mark.parametrize("on", [True, False])
def test_the_search_for_cycles_is_as_it_was_before(on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is on
        with pytest.raises(ZeroDivisionError), uncollected():
            _ = 1 / 0
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()
