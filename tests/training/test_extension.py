"""Extensions: hooks, names, triggers and priorities, and what a function becomes."""

import pytest

from parakeet.training.extension import (
    PRIORITY_EDITOR,
    PRIORITY_READER,
    PRIORITY_WRITER,
    Entry,
    Extension,
    FunctionExtension,
    make_extension,
)
from parakeet.training.testing import mock_trainer


def test_writers_come_before_editors_before_readers():
    assert (PRIORITY_WRITER, PRIORITY_EDITOR, PRIORITY_READER) == (300, 200, 100)


def test_an_extension_has_every_hook_and_sensible_defaults():
    extension = Extension()
    assert (extension.name, extension.default_name) == (None, "Extension")
    assert (extension.trigger, extension.priority, extension.commit) == ((1, "iteration"), PRIORITY_READER, False)
    assert extension.state_dict() == {}
    extension.initialize(None)
    extension.on_error(None, None)
    extension.finalize(None)
    extension.set_state_dict({})


def test_an_extension_without_a_call_says_what_to_write():
    class Silent(Extension):
        pass

    with pytest.raises(NotImplementedError, match="Silent must define __call__\\(self, trainer\\)"):
        Silent()(None)


def test_make_extension_sets_what_it_is_told_and_stays_callable():
    log = []

    @make_extension(
        trigger=(2, "epoch"),
        default_name="speaks",
        priority=PRIORITY_WRITER,
        initializer=lambda trainer: log.append("initialized"),
        finalizer=lambda trainer: log.append("finalized"),
        on_error=lambda trainer, error: log.append(error),
    )
    def function(trainer):
        """What it does."""
        return "called"

    assert (function.trigger, function.default_name, function.priority) == ((2, "epoch"), "speaks", PRIORITY_WRITER)
    assert function(None) == "called"
    assert function.__doc__ == "What it does."
    function.initialize(None)
    function.on_error(None, "error")
    function.finalize(None)
    assert log == ["initialized", "error", "finalized"]


def test_make_extension_without_arguments_gives_the_defaults():
    @make_extension()
    def function(trainer):
        pass

    assert (function.trigger, function.default_name, function.priority) == (
        (1, "iteration"),
        "function",
        PRIORITY_READER,
    )
    function.initialize(None)
    function.finalize(None)
    function.on_error(None, None)
    assert isinstance(function, FunctionExtension)


def test_hooks_that_are_none_or_missing_do_nothing(tmp_path):
    class Bare:
        name = "bare"
        initialize = finalize = on_error = state_dict = set_state_dict = trigger = priority = None
        calls = 0

        def __call__(self, trainer):
            self.calls += 1

    bare = Bare()
    trainer = mock_trainer((3, "iteration"), out=tmp_path, extensions=[bare])
    trainer.extend(lambda trainer: None, name="barer")
    trainer.run()
    assert bare.calls == 3
    assert trainer.state_dict()["extensions"] == {"bare": {}, "barer": {}}


def test_an_entry_looks_at_its_extension_only_once():
    looked = []

    class Watched:
        def __getattr__(self, name):
            looked.append(name)
            raise AttributeError(name)

        def __call__(self, trainer):
            pass

    entry = Entry(Watched(), "watched", lambda trainer: True, 100, False)
    looked.clear()
    entry.initialize(None)
    entry.on_error(None, None)
    entry.finalize(None)
    entry.state_dict()
    assert looked == []
