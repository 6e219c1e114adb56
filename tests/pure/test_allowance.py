"""Allowances: so many at once, and more as time goes by."""

import pytest

from chat import allowance
from chat.allowance import Allowance, Allowances


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_its_size_at_once_and_then_a_wait() -> None:
    clock = Clock()
    bucket = Allowance(2, 10, clock)
    assert [bucket.take(), bucket.take()] == [0.0, 0.0]
    assert bucket.take() == pytest.approx(5.0)


def test_it_refills_with_time_but_never_beyond_its_size() -> None:
    clock = Clock()
    bucket = Allowance(2, 10, clock)
    bucket.take()
    clock.now += 1000
    assert bucket.is_full()
    assert [bucket.take(), bucket.take()] == [0.0, 0.0]
    assert bucket.take() > 0


def test_a_refused_take_costs_nothing() -> None:
    clock = Clock()
    bucket = Allowance(1, 10, clock)
    bucket.take()
    wait = bucket.take()
    clock.now += wait
    assert bucket.take() == 0.0


def test_keys_have_allowances_of_their_own() -> None:
    clock = Clock()
    each = Allowances(1, 10, clock)
    assert each.take("alice") == 0.0
    assert each.take("bob") == 0.0
    assert each.take("alice") > 0


def test_full_allowances_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "MANY", 3)
    clock = Clock()
    each = Allowances(1, 10, clock)
    for key in range(3):
        each.take(key)
    clock.now += 1000
    each.take("new")
    assert list(each._known) == ["new"]
