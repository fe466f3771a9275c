"""Signals become a request; the second one does not wait."""

import signal
import threading

import pytest

from parakeet.training.signals import EXIT_INTERRUPTED, Interrupted, forward_signals
from parakeet.training.testing import MockClock


def test_the_exit_code_of_an_interruption_is_that_of_no_error():
    assert EXIT_INTERRUPTED not in (0, 1, 2, 130, 143)


def test_the_first_signal_only_asks():
    reasons = []
    with forward_signals(reasons.append):
        signal.raise_signal(signal.SIGTERM)
        assert reasons == ["SIGTERM"]


def test_the_second_signal_interrupts_where_the_program_stands():
    reasons, clock = [], MockClock()
    with forward_signals(reasons.append, clock):
        signal.raise_signal(signal.SIGINT)
        clock.advance(0.9)
        signal.raise_signal(signal.SIGTERM)  # of the same request: a launcher passes on what the terminal sent already
        clock.advance(0.1)
        with pytest.raises(Interrupted, match="SIGINT and SIGTERM, without waiting"):
            signal.raise_signal(signal.SIGTERM)
    assert reasons == ["SIGINT"]


def test_an_interruption_is_a_keyboard_interrupt():
    assert issubclass(Interrupted, KeyboardInterrupt)


def test_handlers_are_put_back_when_the_block_is_left_by_an_error():
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)]
    with pytest.raises(ZeroDivisionError), forward_signals(print):
        raise ZeroDivisionError
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)] == before


def test_a_signal_that_is_handled_or_ignored_already_is_left_alone():
    def handler(number, frame):
        pass

    before = signal.signal(signal.SIGUSR1, handler), signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with forward_signals(print):
            assert signal.getsignal(signal.SIGUSR1) is handler
            assert signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, before[0])
        signal.signal(signal.SIGTERM, before[1])


def test_outside_of_the_main_thread_nothing_is_installed():
    seen = []

    def work():
        with forward_signals(print):
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
