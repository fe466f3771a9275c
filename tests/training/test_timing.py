"""Sections and the stopwatch: every second is booked, once."""

import threading

import pytest

from parakeet.training.testing import MockClock
from parakeet.training.timing import OTHER, Stopwatch, section


def test_time_is_booked_under_the_innermost_section_and_sums_up():
    clock = MockClock(100.0)
    stopwatch = Stopwatch(clock)
    stopwatch.start()
    clock.advance(1)
    with section("update"):
        clock.advance(2)
        with section("backward"):
            clock.advance(4)
        clock.advance(8)
    with section("backward"):
        clock.advance(16)
    clock.advance(32)
    stopwatch.stop()
    assert stopwatch.take() == {OTHER: 33, "update": 10, "backward": 20}
    clock.advance(5)
    assert stopwatch.take() == {OTHER: 5}


def test_a_section_that_is_left_by_an_error_ends():
    clock = MockClock()
    stopwatch = Stopwatch(clock)
    stopwatch.start()

    def fail():
        with section("broken"):
            clock.advance(1)
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    clock.advance(2)
    stopwatch.stop()
    assert stopwatch.take() == {"broken": 1, OTHER: 2}


def test_sections_of_other_threads_and_without_a_stopwatch_do_nothing():
    clock = MockClock()
    stopwatch = Stopwatch(clock)
    stopwatch.start()

    def elsewhere():
        with section("elsewhere"):
            clock.advance(1)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    stopwatch.stop()
    with section("nothing"):
        clock.advance(1)
    assert stopwatch.take() == {OTHER: 2}


def test_the_device_is_waited_for_at_each_border():
    clock = MockClock()
    stopwatch = Stopwatch(clock, synchronize=lambda: clock.advance(10))
    stopwatch.start()
    with section("a"):
        clock.advance(1)
    stopwatch.stop()
    assert stopwatch.take() == {OTHER: 20, "a": 11}
