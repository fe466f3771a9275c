"""The run loop: order, names, errors, the commit phase, and resuming."""

import copy
import functools
import random
import signal
import warnings

import pytest

from parakeet.errors import ResumeError, RunError
from parakeet.training.extension import (
    PRIORITY_EDITOR,
    PRIORITY_READER,
    PRIORITY_WRITER,
    Extension,
    GiveUp,
    make_extension,
)
from parakeet.training.reporter import report
from parakeet.training.signals import Interrupted
from parakeet.training.testing import MockClock, MockData, MockUpdater, mock_trainer
from parakeet.training.trainer import Trainer
from parakeet.training.triggers import EarlyStopping, IntervalTrigger, Limit, MinValue, Once


class Recorder(Extension):
    """Notes in a shared log which of its hooks ran; raises where it is told to."""

    def __init__(self, name, log, raises=(), **attributes):
        self.name, self.log, self.raises = name, log, raises
        for attribute, value in attributes.items():
            setattr(self, attribute, value)

    def _note(self, hook):
        self.log.append(f"{self.name}.{hook}")
        if hook in self.raises:
            raise ValueError(f"{self.name}.{hook} raises")

    def initialize(self, trainer):
        self._note("initialize")

    def __call__(self, trainer):
        self._note("call")

    def on_error(self, trainer, error):
        self._note("on_error")

    def finalize(self, trainer):
        self._note("finalize")


# ---- names


def test_a_name_is_the_argument_the_attribute_the_default_or_the_functions(tmp_path):
    trainer = mock_trainer(out=tmp_path)
    named = Recorder("attribute", [])

    def function(trainer):
        pass

    trainer.extend(named, name="argument")
    trainer.extend(Recorder("attribute", []))
    trainer.extend(Recorder(None, []))
    trainer.extend(function)
    trainer.extend(make_extension(default_name="default")(function))
    assert list(trainer.state_dict()["extensions"]) == ["argument", "attribute", "Recorder", "function", "default"]
    assert trainer.get_extension("argument") is named
    assert named.name == "argument"
    assert trainer.get_extension("function") is function


def test_a_clash_of_names_gets_a_number_and_the_extension_learns_it(tmp_path):
    trainer = mock_trainer(out=tmp_path)
    extensions = [Recorder("log", []) for _ in range(3)]
    for extension in extensions:
        trainer.extend(extension)
    assert [extension.name for extension in extensions] == ["log", "log_1", "log_2"]
    assert trainer.get_extension("log_2") is extensions[2]


def test_a_taken_number_is_passed_over(tmp_path):
    trainer = mock_trainer(out=tmp_path)
    for name in ("log", "log_1", "log", "log"):
        trainer.extend(lambda trainer: None, name=name)
    assert list(trainer.state_dict()["extensions"]) == ["log", "log_1", "log_2", "log_3"]


def test_what_has_no_name_is_refused(tmp_path):
    with pytest.raises(TypeError, match="has no name \\(a str\\): pass one"):
        mock_trainer(out=tmp_path).extend(functools.partial(print))


def test_what_can_not_be_called_is_refused(tmp_path):
    with pytest.raises(TypeError, match="an extension is a callable that takes the trainer; it got 'log'"):
        mock_trainer(out=tmp_path).extend("log")


@pytest.mark.parametrize("how", ["argument", "attribute"])
def test_the_name_training_is_refused(tmp_path, how):
    extension = Recorder("training" if how == "attribute" else "other", [])
    with pytest.raises(ValueError, match="no extension may be named 'training'"):
        mock_trainer(out=tmp_path).extend(extension, name="training" if how == "argument" else None)


def test_an_unknown_extension_is_named_with_those_there_are(tmp_path):
    trainer = mock_trainer(out=tmp_path, extensions=[Recorder("evaluator", [])])
    with pytest.raises(
        ValueError, match="there is no extension 'evaluater'; there are: evaluator. Did you mean 'evaluator'\\?"
    ):
        trainer.get_extension("evaluater")


def test_a_bound_method_is_an_extension(tmp_path):
    log = []
    trainer = mock_trainer((2, "iteration"), out=tmp_path)
    trainer.extend(log.append, name="append")
    trainer.run()
    assert log == [trainer, trainer]


# ---- triggers and priorities


def test_trigger_and_priority_are_the_argument_the_attribute_or_the_default(tmp_path):
    log = []
    trainer = mock_trainer((4, "iteration"), out=tmp_path)
    trainer.extend(Recorder("b", log, trigger=(2, "iteration"), priority=150))
    trainer.extend(Recorder("a", log, trigger=(2, "iteration"), priority=150), trigger=(4, "iteration"), priority=151)
    trainer.extend(lambda trainer: log.append("default.call"), name="default")
    trainer.run()
    calls = [entry for entry in log if entry.endswith("call")]
    assert calls == ["default.call", "b.call", "default.call", "default.call", "a.call", "b.call", "default.call"]


def test_higher_priorities_come_first_and_ties_in_order_of_registration(tmp_path):
    log = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    for name, priority in [
        ("r1", PRIORITY_READER),
        ("w1", PRIORITY_WRITER),
        ("e", PRIORITY_EDITOR),
        ("r2", 100),
        ("w2", 300),
        ("low", -5),
    ]:
        trainer.extend(Recorder(name, log, priority=priority))
    trainer.run()
    order = ["w1", "w2", "e", "r1", "r2", "low"]
    assert log == [f"{name}.{hook}" for hook in ("initialize", "call", "finalize") for name in order]


def test_a_priority_of_zero_is_a_priority(tmp_path):
    log = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    trainer.extend(Recorder("zero", log), priority=0)
    trainer.extend(Recorder("one", log), priority=1)
    trainer.run()
    assert log[2:4] == ["one.call", "zero.call"]


def test_the_trigger_is_asked_just_before_its_extension(tmp_path):
    log = []

    def asked(name):
        return lambda trainer: log.append(f"{name} asked") or True

    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    trainer.extend(lambda trainer: log.append("b called"), name="b", trigger=asked("b"))
    trainer.extend(lambda trainer: log.append("a called"), name="a", trigger=asked("a"), priority=PRIORITY_WRITER)
    trainer.run()
    assert log == ["a asked", "a called", "b asked", "b called"]


def test_extensions_given_to_the_constructor_may_bring_their_trigger(tmp_path):
    log = []
    mock_trainer(
        (4, "iteration"), out=tmp_path, extensions=[(Recorder("a", log), (3, "iteration")), Recorder("b", log)]
    ).run()
    assert [entry for entry in log if entry.endswith("call")] == ["b.call", "b.call", "a.call", "b.call", "b.call"]


# ---- the run


def test_the_folder_is_made_before_extensions_are_initialised(tmp_path):
    out = tmp_path / "some" / "where"
    there = []
    trainer = mock_trainer((1, "iteration"), out=out)
    trainer.extend(make_extension(initializer=lambda trainer: there.append(trainer.out.is_dir()))(lambda trainer: None))
    trainer.run()
    assert there == [True]


def test_each_iteration_begins_with_an_empty_observation(tmp_path):
    seen = []
    trainer = mock_trainer((3, "iteration"), out=tmp_path, reports=lambda i: {f"loss{i}": i})
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.run()
    assert seen == [{"loss1": 1}, {"loss2": 2}, {"loss3": 3}]


def test_what_an_extension_reports_is_seen_by_those_after_it(tmp_path):
    seen = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path, reports=lambda i: {"loss": 1})
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.extend(lambda trainer: report({"valid/loss": 2}), name="say", priority=PRIORITY_WRITER)
    trainer.run()
    assert seen == [{"loss": 1, "valid/loss": 2}]


def test_extensions_called_before_training_are_called_once_if_the_iteration_is_0(tmp_path):
    def build():
        log = []
        trainer = mock_trainer((2, "iteration"), out=tmp_path)
        trainer.extend(
            lambda trainer: log.append(trainer.updater.iteration),
            name="a",
            trigger=(9, "epoch"),
            call_before_training=True,
        )
        return trainer, log

    trainer, log = build()
    trainer.run()
    assert log == [0]
    resumed, log = build()
    resumed.set_state_dict(trainer.state_dict())
    resumed.run()
    assert log == []


def test_a_snapshot_before_training_does_not_make_them_be_called_twice(tmp_path):
    states, log = [], []
    for state in (None, states):
        trainer = mock_trainer((1, "iteration"), out=tmp_path)
        save = Recorder("save", [], commit=True)
        save.__class__ = type(
            "Save", (Recorder,), {"__call__": lambda self, trainer: states.append(trainer.state_dict())}
        )
        trainer.extend(save, trigger=None, call_before_training=True)
        trainer.extend(lambda trainer: log.append("called"), name="a", trigger=(9, "epoch"), call_before_training=True)
        if state:
            trainer.set_state_dict(state[0])
        trainer.run()
    assert log == ["called"]


def test_none_never_stops_by_itself(tmp_path):
    trainer = mock_trainer(None, out=tmp_path)
    trainer.extend(lambda trainer: trainer.updater.iteration == 50 and trainer.request_stop("enough"), name="stop")
    with pytest.raises(Interrupted, match="enough, at iteration 50"):
        trainer.run()
    assert trainer.updater.iteration == 50


def test_a_tuple_or_a_list_is_a_limit_and_a_callable_is_kept(tmp_path):
    def stop(trainer):
        return trainer.updater.iteration >= 3

    trainer = mock_trainer(stop, out=tmp_path)
    assert trainer.stop_trigger is stop
    assert isinstance(mock_trainer([3, "epoch"], out=tmp_path).stop_trigger, Limit)
    trainer.run()
    assert trainer.updater.iteration == 3


def test_a_stop_trigger_composes(tmp_path):
    trainer = mock_trainer(Limit(9, "iteration") | Limit(4, "iteration"), out=tmp_path)
    trainer.run()
    assert trainer.updater.iteration == 4


def test_a_stop_trigger_that_counts_is_asked_once_an_iteration_however_often_the_run_is_resumed(tmp_path):
    class AfterFive:
        count = 0

        def __call__(self, trainer):
            self.count += trainer.updater.iteration > 0
            return self.count >= 5

        def state_dict(self):
            return {"count": self.count}

        def set_state_dict(self, state):
            self.count = state["count"]

    state = None
    for cut in (2, 4, None):
        trainer = mock_trainer(AfterFive(), out=tmp_path)
        trainer.extend(lambda t, cut=cut: t.updater.iteration == cut and t.request_stop("cut"), name="cut")
        if state is not None:
            trainer.set_state_dict(state)
        try:
            trainer.run()
        except Interrupted:
            state = trainer.state_dict()
    assert trainer.updater.iteration == 5


@pytest.mark.parametrize(
    "make_stop",
    [
        lambda: Once((3, "iteration")),
        lambda: IntervalTrigger(3, "iteration"),
        lambda: Limit(9, "iteration") | Limit(3, "iteration"),
        lambda: Limit(2, "iteration") & Limit(3, "iteration"),
        lambda: lambda trainer: trainer.updater.iteration >= 3,
        lambda: (0.3, "epoch"),
    ],
)
def test_a_finished_run_resumed_makes_no_update(tmp_path, make_stop):
    first = mock_trainer(make_stop(), 10, tmp_path)
    first.run()
    second = mock_trainer(make_stop(), 10, tmp_path)
    second.set_state_dict(first.state_dict())
    second.run()
    assert (first.updater.iteration, second.updater.iteration) == (3, 3)


@pytest.mark.parametrize("fails", [False, True])
def test_a_second_run_is_refused(tmp_path, fails):
    trainer = mock_trainer(
        (1, "iteration"), out=tmp_path, extensions=[Recorder("a", [], raises=["call"] if fails else [])]
    )
    if fails:
        with pytest.raises(ValueError, match=r"a\.call raises"):
            trainer.run()
    else:
        trainer.run()
    with pytest.raises(RunError, match="this trainer was run already: build a new one"):
        trainer.run()
    with pytest.raises(RunError, match="the run has begun"):
        trainer.extend(lambda trainer: None, name="late")
    with pytest.raises(RunError, match="the run has begun"):
        trainer.set_state_dict(trainer.state_dict())


def test_the_elapsed_time_goes_on_after_a_resume(tmp_path):
    clock = MockClock(100)
    trainer = mock_trainer((2, "iteration"), out=tmp_path, clock=clock)
    trainer.updater.update_core = lambda batch: clock.advance(2.5)
    assert trainer.elapsed_time == 0
    trainer.run()
    clock.advance(1000)
    assert trainer.elapsed_time == 5
    resumed = mock_trainer((4, "iteration"), out=tmp_path, clock=clock)
    resumed.updater.update_core = lambda batch: clock.advance(2.5)
    resumed.set_state_dict(trainer.state_dict())
    resumed.run()
    assert resumed.elapsed_time == 10


# ---- the commit phase


class Save(Extension):
    """A snapshot, in memory."""

    commit = True

    def __init__(self, at_end=False, trigger=(1, "iteration")):
        self.states = {}
        self.commit_at_end = at_end
        self.trigger = trigger

    def __call__(self, trainer):
        self.states[trainer.updater.iteration] = copy.deepcopy(trainer.state_dict())


@pytest.mark.parametrize("priority", [1000, -1000])
def test_commits_come_after_every_trigger_and_every_other_extension(tmp_path, priority):
    log = []
    trainer = mock_trainer(lambda trainer: log.append("stop asked") or trainer.updater.iteration >= 2, out=tmp_path)
    trainer.extend(Recorder("save", log, commit=True), priority=priority)
    trainer.extend(Recorder("a", log), trigger=lambda trainer: log.append("a asked") or True)
    trainer.run()
    one = ["a asked", "a.call", "stop asked", "save.call"]
    assert [entry for entry in log if "initialize" not in entry and "finalize" not in entry] == [
        "stop asked",
        *one,
        *one,
    ]


def test_commits_are_ordered_by_priority_among_themselves(tmp_path):
    log = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    trainer.extend(Recorder("late", log, commit=True), priority=1)
    trainer.extend(Recorder("early", log, commit=True), priority=2)
    trainer.run()
    assert log[2:4] == ["early.call", "late.call"]


def test_a_commit_sees_what_was_reported(tmp_path):
    seen = []
    save = type(
        "See", (Extension,), {"commit": True, "__call__": lambda self, trainer: seen.append(dict(trainer.observation))}
    )()
    trainer = mock_trainer((1, "iteration"), out=tmp_path, extensions=[save], reports=lambda i: {"loss": 3})
    trainer.run()
    assert seen == [{"loss": 3}]


def test_at_the_end_those_that_want_it_commit_although_not_due(tmp_path):
    wants, due, neither = (
        Save(at_end=True, trigger=(3, "iteration")),
        Save(trigger=(3, "iteration")),
        Save(trigger=(9, "iteration")),
    )
    trainer = mock_trainer((7, "iteration"), out=tmp_path)
    for name, save in {"wants": wants, "due": due, "neither": neither}.items():
        trainer.extend(save, name=name)
    trainer.run()
    assert (list(wants.states), list(due.states), list(neither.states)) == ([3, 6, 7], [3, 6], [])


def test_at_the_end_what_is_due_commits_once(tmp_path):
    calls = []
    save = type("Count", (Save,), {"__call__": lambda self, trainer: calls.append(trainer.updater.iteration)})(
        at_end=True
    )
    mock_trainer((2, "iteration"), out=tmp_path, extensions=[save]).run()
    assert calls == [1, 2]


def test_commit_at_end_means_nothing_without_commit(tmp_path):
    log = []
    mock_trainer(
        (2, "iteration"), out=tmp_path, extensions=[Recorder("a", log, commit_at_end=True, trigger=(9, "epoch"))]
    ).run()
    assert "a.call" not in log


def test_a_request_to_stop_is_obeyed_after_the_iteration_and_its_commit(tmp_path):
    save = Save(at_end=True, trigger=(100, "iteration"))
    log = []
    trainer = mock_trainer((10, "iteration"), out=tmp_path, extensions=[save, Recorder("a", log)])
    trainer.extend(
        lambda trainer: trainer.updater.iteration == 4 and trainer.request_stop("the time limit"),
        name="limit",
        priority=PRIORITY_WRITER,
    )
    with pytest.raises(Interrupted) as error:
        trainer.run()
    assert str(error.value) == "the time limit, at iteration 4"
    assert list(save.states) == [4]
    assert log == ["a.initialize", *["a.call"] * 4, "a.on_error", "a.finalize"]


def test_a_request_to_stop_in_the_last_iteration_changes_nothing(tmp_path):
    trainer = mock_trainer((3, "iteration"), out=tmp_path)
    trainer.extend(lambda trainer: trainer.updater.iteration == 3 and trainer.request_stop("too late"), name="stop")
    trainer.run()
    assert trainer.updater.iteration == 3


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1"])
def test_a_signal_saves_and_leaves_after_the_step(tmp_path, name):
    save = Save(at_end=True, trigger=(100, "iteration"))
    log = []
    trainer = mock_trainer((10, "iteration"), out=tmp_path, extensions=[save, Recorder("a", log)])
    before = signal.getsignal(getattr(signal, name))
    trainer.updater.update_core = lambda batch: (
        trainer.updater.iteration == 2 and signal.raise_signal(getattr(signal, name))
    )
    with pytest.raises(KeyboardInterrupt, match=f"{name}, at iteration 3"):
        trainer.run()
    assert list(save.states) == [3]
    assert log[-2:] == ["a.on_error", "a.finalize"]
    assert signal.getsignal(getattr(signal, name)) is before


# ---- errors


def test_an_error_calls_on_error_then_finalize_of_all(tmp_path):
    log = []
    trainer = mock_trainer((3, "iteration"), out=tmp_path)
    trainer.extend(Recorder("a", log))
    trainer.extend(Recorder("b", log, raises=["call"]))
    closed = []
    trainer.updater.finalize = lambda: closed.append(True)
    with pytest.raises(ValueError, match=r"b\.call raises"):
        trainer.run()
    hooks = ["a.on_error", "b.on_error", "a.finalize", "b.finalize"]
    assert log == ["a.initialize", "b.initialize", "a.call", "b.call", *hooks]
    assert closed == [True]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_every_kind_of_error_is_told_and_raised_as_it_is(tmp_path, kind):
    told = []
    raised = kind("why")

    @make_extension(on_error=lambda trainer, error: told.append(error))
    def listen(trainer):
        raise raised

    with pytest.raises(kind) as error:
        mock_trainer(out=tmp_path, extensions=[listen]).run()
    assert error.value is raised
    assert told == [raised]


def test_errors_of_hooks_do_not_hide_the_first_and_keep_no_hook_from_running(tmp_path):
    log = []
    trainer = mock_trainer((3, "iteration"), out=tmp_path)
    trainer.extend(Recorder("a", log, raises=["on_error", "finalize"]))
    trainer.extend(Recorder("b", log, raises=["call", "on_error", "finalize"]))
    with pytest.raises(ValueError) as error:
        trainer.run()
    messages, link = [], error.value
    while link is not None:
        messages.append(str(link))
        link = link.__context__
    assert messages == [f"{name} raises" for name in ("b.call", "a.on_error", "b.on_error", "a.finalize", "b.finalize")]
    assert log[-4:] == ["a.on_error", "b.on_error", "a.finalize", "b.finalize"]


def test_the_context_an_error_came_with_is_kept(tmp_path):
    def fail(trainer):
        try:
            raise KeyError("cause")
        except KeyError:
            raise ValueError("effect") from None

    with pytest.raises(ValueError, match="effect") as error:
        mock_trainer(out=tmp_path, extensions=[fail, Recorder("a", [], raises=["finalize"])]).run()
    assert isinstance(error.value.__context__, KeyError)
    assert str(error.value.__context__.__context__) == "a.finalize raises"


def test_a_hook_that_raises_the_error_itself_makes_no_circle(tmp_path):
    def again(trainer, error):
        raise error

    trainer = mock_trainer(out=tmp_path, extensions=[make_extension(on_error=again)(lambda trainer: 1 / 0)])
    with pytest.raises(ZeroDivisionError) as error:
        trainer.run()
    assert error.value.__context__ is None


def test_a_failing_finalizer_of_a_good_run_is_an_error_and_all_others_run(tmp_path):
    log = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    for name in "abc":
        trainer.extend(Recorder(name, log, raises=["finalize"] if name != "b" else []))
    with pytest.raises(ValueError, match=r"a\.finalize raises") as error:
        trainer.run()
    assert log[-3:] == ["a.finalize", "b.finalize", "c.finalize"]
    assert "a.on_error" not in log
    assert str(error.value.__context__) == "c.finalize raises"


def test_an_initialize_that_fails_finalizes_those_that_were_initialised(tmp_path):
    log = []
    trainer = mock_trainer((1, "iteration"), out=tmp_path)
    for name in "abc":
        trainer.extend(Recorder(name, log, raises=["initialize"] if name == "b" else []))
    with pytest.raises(ValueError, match=r"b\.initialize raises"):
        trainer.run()
    assert log == ["a.initialize", "b.initialize", "a.on_error", "a.finalize"]
    assert trainer.updater.iteration == 0


def test_an_error_in_an_update_leaves_the_position_before_it(tmp_path):
    trainer = mock_trainer((9, "iteration"), 10, tmp_path)

    def update_core(batch):
        if batch == [4]:
            raise RuntimeError("bad batch")

    trainer.updater.update_core = update_core
    positions = []
    trainer.extend(
        make_extension(on_error=lambda trainer, error: positions.append(trainer.updater.state_dict()))(
            lambda trainer: None
        )
    )
    with pytest.raises(RuntimeError, match="bad batch"):
        trainer.run()
    assert (positions[0]["iteration"], positions[0]["consumed"]) == (4, 4)


# ---- state


def test_state_is_back_before_any_initialize(tmp_path):
    class Counter(Extension):
        name, count, at_initialize = "counter", 0, None

        def initialize(self, trainer):
            self.at_initialize = (self.count, trainer.updater.iteration)

        def __call__(self, trainer):
            self.count += 1

        def state_dict(self):
            return {"count": self.count}

        def set_state_dict(self, state):
            self.count = state["count"]

    first = mock_trainer((4, "iteration"), out=tmp_path, extensions=[Counter()])
    first.run()
    counter = Counter()
    second = mock_trainer((6, "iteration"), out=tmp_path, extensions=[counter])
    second.set_state_dict(first.state_dict())
    second.run()
    assert (counter.at_initialize, counter.count) == ((4, 4), 6)


def test_state_without_an_owner_and_an_owner_without_state_are_told(tmp_path):
    class Counter(Recorder):
        def state_dict(self):
            return {"count": 1}

    first = mock_trainer((1, "iteration"), out=tmp_path, extensions=[Counter("old", []), Recorder("stateless", [])])
    first.run()
    second = mock_trainer(
        (2, "iteration"), out=tmp_path, extensions=[Counter("new", []), Recorder("also stateless", [])]
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        second.set_state_dict(first.state_dict())
    assert sorted(str(warning.message) for warning in told) == [
        "the snapshot holds no state of the extension 'new': it begins anew",
        "the snapshot holds state of an extension 'old', which this run lacks: it is dropped",
    ]


def test_state_that_does_not_fit_names_its_owner(tmp_path):
    first = mock_trainer((1, "iteration"), out=tmp_path, reports=lambda i: {"loss": 1})
    first.extend(lambda trainer: None, name="save", trigger=MinValue("loss", (1, "iteration")))
    first.run()
    state = first.state_dict()
    state["triggers"]["save"] = {"count": 3}
    second = mock_trainer(out=tmp_path)
    second.extend(lambda trainer: None, name="save", trigger=MinValue("loss", (1, "iteration")))
    with pytest.raises(
        ResumeError, match="the snapshot's state of the trigger of 'save' does not fit: KeyError: 'best_value'"
    ):
        second.set_state_dict(state)


def test_an_initialize_that_draws_random_numbers_does_not_change_a_resumed_run(tmp_path):
    def build():
        drawn = []
        trainer = mock_trainer((4, "iteration"), out=tmp_path)
        trainer.extend(
            make_extension(initializer=lambda trainer: random.random())(lambda trainer: drawn.append(random.random()))
        )
        return trainer, drawn

    random.seed(7)
    whole, drawn = build()
    whole.run()
    random.seed(7)
    half, first = build()
    half.stop_trigger = Limit(2, "iteration")
    half.run()
    state = half.state_dict()
    random.seed(1234)
    rest, second = build()
    rest.set_state_dict(state)
    rest.run()
    assert first + second == drawn


def test_a_state_is_a_copy(tmp_path):
    trainer = mock_trainer((3, "iteration"), out=tmp_path, reports=lambda i: {"loss": -i})
    save = Save()
    trainer.extend(save)
    trainer.extend(lambda trainer: None, name="best", trigger=MinValue("loss", (2, "iteration")))
    states = []
    trainer.extend(
        type("Keep", (Extension,), {"commit": True, "__call__": lambda self, t: states.append(t.state_dict())})(),
        name="keep",
    )
    trainer.run()
    assert [state["updater"]["iteration"] for state in states] == [1, 2, 3]
    assert [state["triggers"]["best"] for state in states] == [save.states[i]["triggers"]["best"] for i in (1, 2, 3)]


def test_the_trainer_and_what_it_needs_do_not_import_paddle():
    import subprocess
    import sys

    code = (
        "import sys; from parakeet.training import Trainer, Extension, report, BestValue, Updater; import parakeet.training.testing;"
        "assert 'paddle' not in sys.modules; assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_trainer_takes_any_updater_with_the_protocol(tmp_path):
    trainer = Trainer(MockUpdater(MockData(3)), (2, "epoch"), tmp_path)
    trainer.run()
    assert trainer.updater.iteration == 6
    assert trainer.updater.epoch_detail == 2.0


# ---- giving up in the middle of an iteration


class Slow(Extension):
    """Takes long; gives up when the run is asked to stop meanwhile."""

    def __init__(self, name, log, asked_to_stop_at=None, priority=PRIORITY_WRITER):
        self.name, self.log, self.asked_to_stop_at, self.priority = name, log, asked_to_stop_at, priority

    def __call__(self, trainer):
        if trainer.updater.iteration == self.asked_to_stop_at:
            trainer.request_stop("SIGTERM")
        if trainer.stop_requested is not None:
            raise GiveUp
        self.log.append(f"{self.name} at {trainer.updater.iteration}")
        report({f"{self.name}/loss": 1.0})


def test_an_extension_that_gives_up_is_called_first_when_the_run_goes_on(tmp_path):
    log, save = [], Save(at_end=True, trigger=(9, "iteration"))

    def build(asked_to_stop_at=None):
        trainer = mock_trainer((3, "iteration"), out=tmp_path, extensions=[save], reports=lambda i: {"loss": (2.0, i)})
        trainer.extend(lambda t: log.append(f"before at {t.updater.iteration}"), name="before", priority=999)
        trainer.extend(Slow("slow", log, asked_to_stop_at))
        trainer.extend(lambda t: log.append(f"after at {t.updater.iteration} {dict(t.observation)}"), name="after")
        return trainer

    with pytest.raises(Interrupted, match="SIGTERM, at iteration 2"):
        build(asked_to_stop_at=2).run()
    assert log[3:] == ["before at 2"]
    rest = build()
    rest.set_state_dict(save.states[2])
    rest.run()
    assert log == [
        f"{what} at {i}{values}"
        for i in (1, 2, 3)
        for what, values in (("before", ""), ("slow", ""), ("after", f" {{'loss': (2.0, {i}), 'slow/loss': 1.0}}"))
    ]


def test_giving_up_in_the_last_iteration_still_ends_it_when_the_run_goes_on(tmp_path):
    log, save = [], Save(at_end=True, trigger=(9, "iteration"))
    with pytest.raises(Interrupted):
        mock_trainer((3, "iteration"), out=tmp_path, extensions=[save, Slow("slow", log, 3)]).run()
    rest = mock_trainer((3, "iteration"), out=tmp_path, extensions=[save, Slow("slow", log)])
    rest.set_state_dict(save.states[3])
    rest.run()
    assert (log, rest.updater.iteration) == (["slow at 1", "slow at 2", "slow at 3"], 3)


@pytest.mark.parametrize(
    "make_trigger",
    [
        lambda: Once((3, "iteration")),
        lambda: MinValue("x", (1, "iteration")),
        lambda: EarlyStopping("x", patience=3, check_trigger=(1, "iteration")),
        lambda: (2, "iteration") | Once(MinValue("x", (3, "iteration"))),
    ],
)
@pytest.mark.parametrize("left_at", range(1, 8))
def test_a_shared_trigger_that_was_asked_before_the_giving_up_answers_the_same_afterwards(
    tmp_path, make_trigger, left_at
):
    def build(fired, save, asked_to_stop_at=None):
        reports = lambda i: {"x": [5, 4, 4, 3, 3.5, 3.2, 2, 2][i - 1]}  # noqa: E731
        trainer = mock_trainer((8, "iteration"), out=tmp_path, extensions=[save], reports=reports)
        trigger = make_trigger()
        for name, priority in (("before", 999), ("after", 1)):
            trainer.extend(
                lambda t, name=name: fired.append((name, t.updater.iteration)), name, trigger, priority=priority
            )
        trainer.extend(Slow("slow", [], asked_to_stop_at))
        return trainer

    whole, fired, save = [], [], Save(at_end=True, trigger=(99, "iteration"))
    build(whole, Save()).run()
    with pytest.raises(Interrupted):
        build(fired, save, left_at).run()
    rest = build(fired, save)
    rest.set_state_dict(save.states[left_at])
    rest.run()
    assert fired == whole


def test_a_commit_that_was_due_before_the_giving_up_still_comes(tmp_path):
    log, kept = [], {}

    def build(asked_to_stop_at=None):
        keep = type("Keep", (Save,), {"__call__": lambda self, t: kept.setdefault(t.updater.iteration, t.state_dict())})
        trainer = mock_trainer((5, "iteration"), out=tmp_path, extensions=[keep(at_end=True, trigger=(9, "iteration"))])
        trainer.extend(Recorder("due", log, commit=True), trigger=(2, "iteration"), priority=999)
        trainer.extend(Slow("slow", log, asked_to_stop_at), trigger=(2, "iteration"))
        return trainer

    with pytest.raises(Interrupted):
        build(asked_to_stop_at=4).run()
    rest = build()
    rest.set_state_dict(kept[4])
    rest.run()
    assert [entry for entry in log if "call" in entry or "at" in entry.split()] == [
        "slow at 2",
        "due.call",
        "slow at 4",
        "due.call",
    ]


def test_giving_up_before_training_leaves_nothing_behind(tmp_path):
    save = Save(at_end=True)
    trainer = mock_trainer(out=tmp_path, extensions=[save])
    trainer.extend(Slow("slow", [], 0), call_before_training=True)
    with pytest.raises(Interrupted, match="SIGTERM, at iteration 0"):
        trainer.run()
    assert save.states == {}


def test_giving_up_unasked_is_an_error(tmp_path):
    def give_up(trainer):
        raise GiveUp

    with pytest.raises(RunError, match="an extension raised GiveUp, but nobody asked the run to stop"):
        mock_trainer(out=tmp_path, extensions=[give_up]).run()


def test_a_run_that_lacks_the_extension_that_gave_up_is_refused(tmp_path):
    save = Save(at_end=True)
    with pytest.raises(Interrupted):
        mock_trainer(out=tmp_path, extensions=[save, Slow("slow", [], 2)]).run()
    with pytest.raises(
        ResumeError, match="the run was left while its extension 'slow' was at work, which this run lacks"
    ):
        mock_trainer(out=tmp_path, extensions=[save]).set_state_dict(save.states[2])


# ---- before an update


def test_before_update_sees_what_a_snapshot_of_the_iteration_before_holds(tmp_path):
    class Looks(Extension):
        def __init__(self):
            self.states = []

        def before_update(self, trainer):
            self.states.append(copy.deepcopy(trainer.state_dict()))

        def __call__(self, trainer):
            pass

    looks, save = Looks(), Save()
    trainer = mock_trainer((4, "iteration"), 3, tmp_path, [looks, (save, (1, "iteration"))])
    trainer.run()
    assert len(looks.states) == 4
    assert looks.states[1:] == [save.states[i] for i in (1, 2, 3)]


def test_asked_to_stop_before_its_first_update_a_run_is_saved_as_it_was(tmp_path):
    @make_extension(trigger=(1, "iteration"), default_name="stop", initializer=lambda trainer: trainer.request_stop("SIGTERM"))
    def stop(trainer):
        pass

    class Commit(Extension):
        commit = commit_at_end = True
        calls = 0

        def __call__(self, trainer):
            self.calls += 1

    commit = Commit()
    trainer = mock_trainer((4, "iteration"), 3, tmp_path, [stop, commit])
    with pytest.raises(Interrupted, match="SIGTERM, at iteration 0"):
        trainer.run()
    assert (trainer.updater.iteration, commit.calls) == (0, 1)


def test_batches_that_are_passed_over_count_but_change_nothing(tmp_path):
    reported = []
    trainer = mock_trainer((6, "iteration"), 3, tmp_path, reports=lambda i: {"loss": i})
    trainer.extend(lambda t: reported.append(dict(t.observation)), name="look")
    trainer.updater.passed_over = {(0, 1), (1, 2)}
    trainer.run()
    assert reported == [{"loss": 1}, {"passed_over": 1}, {"loss": 3}, {"loss": 4}, {"loss": 5}, {"passed_over": 1}]
