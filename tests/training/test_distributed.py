"""How several processes agree, each here a thread with pipes to process 0."""

import math
import multiprocessing
import threading

import paddle
import pytest

from parakeet.errors import RunError
from parakeet.training.distributed import LostProcess, Team, current, shared, untrained
from parakeet.training.extension import PRIORITY_EDITOR, PRIORITY_READER, PRIORITY_WRITER, Entry
from parakeet.training.extensions import EMA, Evaluator, LogReport, Snapshot
from parakeet.training.testing import MockData


def make_teams(size):
    first, others = {}, []
    for rank in range(1, size):
        first[rank], theirs = multiprocessing.Pipe()
        others.append(Team(rank, size, {0: theirs}))
    return [Team(0, size, first), *others]


def together(function, size=3):
    """Call a function with each team, at the same time; what each returned or raised, by rank."""
    results = [None] * size

    def call(team):
        try:
            results[team.rank] = function(team)
        except Exception as error:
            results[team.rank] = error
            team.close()

    threads = [threading.Thread(target=call, args=(team,)) for team in make_teams(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def test_values_are_gathered_and_given_to_all():
    assert together(lambda team: team.gather(team.rank * 10)) == [[0, 10, 20], None, None]
    assert together(lambda team: team.broadcast({"a": [1.5]} if team.leads else None)) == [{"a": [1.5]}] * 3
    assert together(lambda team: team.all_gather(team.rank)) == [[0, 1, 2]] * 3


def test_what_is_no_number_survives_the_way():
    values = together(lambda team: team.all_gather(math.nan if team.rank else math.inf))[1]
    assert values[0] == math.inf
    assert math.isnan(values[1])


def test_a_request_to_stop_is_known_to_all_after_they_met():
    def meet(team):
        team.stop_reason = "SIGTERM" if team.rank == 2 else None
        return team.meet(), team.stop_reason

    assert together(meet) == [(False, "SIGTERM")] * 3


def test_if_one_gave_up_all_know_it():
    assert together(lambda team: team.meet(given_up=team.rank == 1)) == [True] * 3


def test_the_end_of_a_process_is_noticed_at_once_and_named():
    def work(team):
        if team.rank == 1:
            raise ValueError
        return team.all_gather(None)

    _, error, other = together(work)[1], *together(work)[::2]
    assert isinstance(error, LostProcess)
    assert str(error) == "process 1 of 3 has ended; process 0 can't go on alone"
    assert isinstance(other, LostProcess)


def test_when_the_one_who_started_the_job_ends_so_does_the_job():
    supervisor, theirs = multiprocessing.Pipe()
    mine, _silent = multiprocessing.Pipe()
    team = Team(1, 2, {0: mine}, supervisor=theirs)
    supervisor.close()
    with pytest.raises(RunError, match="the process that started this job has ended, so it ends, too"):
        team.broadcast()


def test_an_exchange_that_the_others_know_nothing_of_is_an_error_and_no_deadlock():
    team = Team(0, 2, {})
    team.leading = True
    with pytest.raises(RunError, match="give it the attribute every_process = True"):
        team.all_gather(1)


def test_answers_come_only_from_those_who_wait_for_orders():
    def work(team):
        if team.leads:
            nobody = team.ask("random")
            team.leading = True
            return nobody, team.ask("random")
        assert team.broadcast() == {"ask": "random"}
        return team.answer(team.rank)

    assert together(work)[0] == ([], [1, 2])


def test_a_parameter_that_one_process_did_not_use_is_an_error_that_names_it():
    def work(team):
        layers = {"main/a": paddle.nn.Linear(2, 1), "main/b": paddle.nn.Linear(2, 1)}
        for name, layer in layers.items():
            if team.rank != 1 or name == "main/a":
                layer(paddle.ones([1, 2])).sum().backward()
        named = {f"{name}.{path}": p for name, layer in layers.items() for path, p in layer.named_parameters()}
        team.average_gradients(named, 1)

    for error in together(work):
        assert isinstance(error, RunError)
        assert str(error).startswith("the parameter main/b.weight (and 1 more parameters) has no gradient in process 1, but in others")
        assert "updater.uneven_use = True" in str(error)


def test_alone_there_is_nothing_to_exchange():
    team = current()
    assert (team.rank, team.size, team.leads) == (0, 1, True)
    observation = {"loss": 1.0}
    team.average_observation(observation, 4)
    team.average_gradients({}, 1)
    assert (team.all_gather("x"), team.ask("random"), observation) == (["x"], [], {"loss": 1.0})
    data = MockData(3)
    assert shared(data, "split") is data


def test_data_that_can_not_be_shared_are_refused(monkeypatch):
    monkeypatch.setattr("parakeet.training.distributed._team", Team(0, 2, {}))
    with pytest.raises(RunError, match=r"MockData has no method split\(part, parts\), so 2 processes can't share it"):
        shared(MockData(3), "split")


def test_editors_are_called_in_every_process_and_readers_in_the_first():
    def everywhere(extension, priority=PRIORITY_READER):
        return Entry(extension, "name", None, priority, False).every_process

    assert everywhere(lambda trainer: None, PRIORITY_EDITOR)
    assert not everywhere(lambda trainer: None, PRIORITY_WRITER)
    assert not everywhere(lambda trainer: None)
    assert all(extension.every_process for extension in (EMA, Evaluator))
    assert not any(extension.every_process for extension in (LogReport, Snapshot))


def test_what_a_model_changes_by_itself_is_found_and_what_was_frozen_is_not():
    class Counts(paddle.nn.Layer):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", paddle.zeros([1]))
            self.average = self.create_parameter([2])
            self.average.stop_gradient = True
            self.frozen = paddle.nn.Linear(2, 2)
            self.norm = paddle.nn.BatchNorm1D(2)
            for parameter in self.frozen.parameters():
                parameter.stop_gradient = True

    model = Counts()
    found = {id(tensor) for tensor in untrained(paddle.nn.Sequential(model))}
    assert found == {id(tensor) for tensor in (model.calls, model.average, model.norm._mean, model.norm._variance)}
