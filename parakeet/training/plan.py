"""What a run will do, told before it is begun: every firing to come, learning rates, disk and time."""

import copy
from dataclasses import dataclass
from fractions import Fraction

from parakeet.training.extensions import AudioSamples, Snapshot
from parakeet.training.optimizer_state import schedule_of
from parakeet.training.trigger import AllOf, AnyOf, IntervalTrigger, Never
from parakeet.training.triggers import BestValue, EarlyStopping, Limit, ManualSchedule, Once
from parakeet.training.updater import Updater

MEASURED = 5
"""How many iterations are made to measure by; the first two don't count."""

_ENDLESS_EPOCHS = 3  # what is planned of a run without an end


@dataclass
class Firings:
    """When an extension is due.

    Attributes:
        name (str): the extension's.
        iterations (list[int] or None): at which; None where nobody can know.
        note (str): in what respect they may be others.
    """

    name: str
    iterations: list | None
    note: str = ""


@dataclass
class Plan:
    """What `make_plan` found.

    Attributes:
        iterations (int): how many the run makes, or is planned for.
        epochs (Fraction): the same in epochs.
        end (str): what is to be said of its end.
        firings (list[Firings]): by extension, in the order in which they are called.
        rates (dict[str, list]): optimizer -> (first iteration, last, rate at the first, rate at the last), of each rise, fall or rest;
            None where the rate depends on what is measured.
        disk (dict[str, tuple]): extension -> (bytes at most, in words how many of what).
        seconds (dict[str, float]): what -> seconds of the whole run.
    """

    iterations: int
    epochs: Fraction
    end: str
    firings: list
    rates: dict
    disk: dict
    seconds: dict


class Course(Updater):
    """Goes through the positions of a run without reading or computing anything; trainer and updater in one, for triggers to ask.

    Args:
        data: what the run's updater takes its batches from.
        steps (dict): optimizer -> steps it makes in an iteration.
        starts (dict): optimizer -> iterations before its first step, where there are some.
        apart (dict): optimizer -> iterations from one step to the next, where it does not step in each.
        batches (int): batches taken in an iteration.
        seconds (float): that an iteration takes.
        batch_size (int): samples in a batch, where the data can't tell it beforehand.
    """

    def __init__(self, data, steps, starts=None, apart=None, batches=1, seconds=0.0, batch_size=1):
        super().__init__(_Positions(data, batch_size), {}, {}, accumulate=batches)
        self.steps = dict.fromkeys(steps, 0)
        self._each = steps
        self._starts, self._apart = starts or {}, apart or {}
        self._seconds = Fraction(seconds)
        self._before = self._now = self._position()
        self.updater = self
        self.observation = {}

    def update(self):
        """Go on by an iteration."""
        self.observation = {}
        self._next_batches()
        for name, steps in self._each.items():
            since = self.iteration - self._starts.get(name, 0)
            self.steps[name] += steps if since >= 0 and since % self._apart.get(name, 1) == 0 else 0
        self._advance()

    def span(self, unit):
        """As a trainer's and an updater's."""
        if unit == "second":
            return max(0, self.iteration - 1) * self._seconds, self.iteration * self._seconds
        return super().span(unit)


class _Positions:
    """Data as far as the position needs them."""

    def __init__(self, data, batch_size):
        self._data = data
        self._batch_size = batch_size
        self._cargo = getattr(data, "cargo", data)

    def samples_per_epoch(self, epoch):
        return self._data.samples_per_epoch(epoch)

    def iterator(self, epoch, consumed):
        sampler = getattr(self._cargo, "batch_sampler", None)
        if sampler is not None:
            return _Pass([len(batch) for batch in sampler.batches(epoch)])
        # Data of one's own kind: all batches are taken for as large as one that was seen.
        samples, size = self._data.samples_per_epoch(epoch), self._batch_size
        return _Pass([min(size, samples - start) for start in range(0, samples, size)])


class _Pass:
    last_indices = last_names = ()

    def __init__(self, sizes):
        self._sizes = iter(sizes)
        self.consumed = 0

    def __next__(self):
        self.consumed += next(self._sizes)


# triggers -------------------------------------------------------------------------------------------------------------------------


def outline(trigger):
    """Find what of a trigger can be known before training.

    Args:
        trigger (callable): any; it is not called and not changed.

    Returns:
        tuple: a trigger that depends on the position alone, or None, and in words in what respect it may differ.
    """
    if isinstance(trigger, (IntervalTrigger, ManualSchedule, Limit)):
        return copy.deepcopy(trigger), "by the clock, estimated" if trigger.unit == "second" else ""
    if isinstance(trigger, Never):
        return trigger, ""
    if isinstance(trigger, Once):
        inner, note = outline(trigger.trigger)
        return (None, note) if inner is None else (Once(inner), note)
    if isinstance(trigger, BestValue):
        inner, note = outline(trigger.interval)
        return inner, f"at most: only where '{trigger.key}' is better than before" + (f"; {note}" if note else "")
    if isinstance(trigger, EarlyStopping):
        return outline(trigger.limit)[0], f"or earlier, when '{trigger.monitor}' gets no better"
    if isinstance(trigger, (AnyOf, AllOf)):
        return _outline_composition(trigger)
    return None, "decided while it trains"


def _outline_composition(trigger):
    parts = [outline(part) for part in trigger.triggers]
    notes = "; ".join(dict.fromkeys(note for _, note in parts if note))
    known = [part for part, _ in parts if part is not None]
    if len(known) == len(parts):
        return type(trigger)(*known), notes
    if isinstance(trigger, AllOf) and known:
        return AllOf(*known), f"at most; {notes}"
    return None, notes


# the plan -------------------------------------------------------------------------------------------------------------------------


@dataclass
class Noted:
    """An extension, and when it is due as far as that can be known; ``called_always`` if in every iteration, to do little then."""

    name: str
    extension: object
    trigger: object
    note: str
    called_always: bool
    at_end: bool


def note_triggers(trainer):
    """Take the triggers of a trainer that has not run, before they change.

    Args:
        trainer (Trainer): as it was built.

    Returns:
        tuple: the outline of the stop trigger (a trigger or None, and words), and a list of `Noted`.
    """
    noted = []
    for entry in trainer.entries:
        interval = getattr(entry.extension, "interval", None)
        trigger, note = outline(entry.trigger if interval is None else interval)
        noted.append(Noted(entry.name, entry.extension, trigger, note, interval is not None, entry.commit_at_end))
    return outline(trainer.stop_trigger), noted


def make_plan(experiment, noted, rehearsal):
    """Go through a run without making it.

    Args:
        experiment (Experiment): the one that was rehearsed.
        noted (tuple): what `note_triggers` gave before the rehearsal.
        rehearsal (Rehearsal): gives seconds and bytes.

    Returns:
        Plan: what is to come.
    """
    updater, costs = experiment.updater, rehearsal.costs
    (stop, end), noted = noted
    if stop is None or isinstance(stop, Never):
        stop, end = Limit(_ENDLESS_EPOCHS, "epoch"), f"the first {_ENDLESS_EPOCHS} epochs; its end is {end or 'not set'}"
    starts = getattr(updater, "starts", {})
    apart = {name: updater.iterations_a_step(name) for name in updater.steps}
    made = {name: (updater.iteration - starts.get(name, 0)) // apart.get(name, 1) for name in updater.steps}
    steps = {name: round(count / made[name]) if made[name] > 0 else 1 for name, count in updater.steps.items()}
    each = rehearsal.update_seconds + sum(costs[one.name].usual for one in noted if one.called_always or _every(one.trigger))
    size = max(1, len(updater.last_indices) // updater.accumulate)
    course = Course(updater.data, steps, starts, apart, updater.accumulate, each, size)
    firings = [Firings(one.name, None if one.trigger is None else [], one.note) for one in noted]
    while not stop(course):
        course.update()
        for firing, one in zip(firings, noted, strict=True):
            if one.trigger is not None and one.trigger(course):
                firing.iterations.append(course.iteration)
    for firing, one in zip(firings, noted, strict=True):
        if one.at_end and firing.iterations is not None and course.iteration and course.iteration not in firing.iterations[-1:]:
            firing.iterations.append(course.iteration)
    seconds = {"updates": course.iteration * rehearsal.update_seconds}
    for firing, one in zip(firings, noted, strict=True):
        seconds[one.name] = _seconds(one, len(firing.iterations or ()), course.iteration, costs[one.name])
    disk = _disk(firings, noted, costs)
    return Plan(course.iteration, course.span("epoch")[1], end, firings, _rates(updater, course.iteration, starts, apart), disk, seconds)


def _every(trigger):
    return isinstance(trigger, IntervalTrigger) and trigger.unit == "iteration" and trigger.period == 1


def _seconds(one, times, iterations, cost):
    if one.called_always:
        return iterations * cost.usual + times * cost.once
    return times * (cost.usual if _every(one.trigger) else cost.once)


def _disk(firings, noted, costs):
    disk = {}
    samples = sum(len(f.iterations or ()) for f, one in zip(firings, noted, strict=True) if isinstance(one.extension, AudioSamples))
    for firing, one in zip(firings, noted, strict=True):
        grown, times = costs[one.name].bytes, len(firing.iterations or ())
        size = grown[-1] if grown else 0
        if size <= 0 or not times:
            continue
        if one.called_always and len(grown) > 1 and size > 2 * grown[-2]:
            # Its last call has kept sounds and pictures, which do not come at every interval.
            usual, more = grown[-2], size - grown[-2]
            often = f" and {samples} x {_size(more)} of samples" if samples else ""
            disk[firing.name] = usual * times + more * samples, f"{times} x {_size(usual)}{often}"
            continue
        if isinstance(one.extension, Snapshot) and one.extension.keep_last is not None:
            # One more: the oldest is removed when the newest is complete.
            times = min(times, one.extension.keep_last + one.extension.keep_best + 1)
        disk[firing.name] = size * times, f"{times} x {_size(size)}"
    return disk


def _rates(updater, iterations, starts, apart):
    from paddle.optimizer.lr import ReduceOnPlateau

    found = {}
    for name, optimizer in updater.optimizers.items():
        schedule, start, every = schedule_of(optimizer), starts.get(name, 0), apart.get(name, 1)
        if isinstance(schedule, ReduceOnPlateau):
            found[name] = None
        elif schedule is None:
            found[name] = [(start + 1, iterations, optimizer.get_lr(), optimizer.get_lr())]
        else:
            schedule = copy.deepcopy(schedule)
            schedule.step(0)
            phases = _phases(schedule, -(-(iterations - start) // every))  # a schedule moves on when its optimizer steps
            found[name] = [
                (start + 1 + (first - 1) * every, min(start + last * every, iterations), *rates) for first, last, *rates in phases
            ]
    return found


def _phases(schedule, iterations):
    phases = []
    previous, direction = None, None
    for iteration in range(1, iterations + 1):
        rate = schedule.last_lr
        turn = None if previous is None else (rate > previous) - (rate < previous)
        if previous is None:
            phases.append([iteration, iteration, rate, rate])
        elif direction is None or turn == direction or phases[-1][0] == phases[-1][1]:
            direction = turn  # what has lasted for one iteration only is no phase of its own
            phases[-1][1], phases[-1][3] = iteration, rate
        else:
            direction = turn
            phases.append([iteration, iteration, rate, rate])
        previous = rate
        schedule.step()
    return [tuple(phase) for phase in phases]


# in words -------------------------------------------------------------------------------------------------------------------------


def in_words(plan, name):
    """Tell a plan to people.

    Args:
        plan (Plan): the plan.
        name (str): of the experiment.

    Returns:
        str: lines.
    """
    end = f", {plan.end}" if plan.end else ""
    lines = [f"Plan of {name}: {plan.iterations} iterations, {float(plan.epochs):.6g} epochs{end}", "", "What is called when:"]
    every = list(range(1, plan.iterations + 1))
    always = [firing.name for firing in plan.firings if firing.iterations == every and plan.iterations > 1]
    if always:
        lines.append(f"  in every iteration: {', '.join(always)}")
    for firing in plan.firings:
        if firing.name not in always:
            note = f" ({firing.note})" if firing.note else ""
            times = "at iterations nobody can know" if firing.iterations is None else _series(firing.iterations)
            lines.append(f"  {firing.name}: {times}{note}")
    lines += ["", "Learning rate:"]
    for optimizer, phases in plan.rates.items():
        owner = f"{optimizer}: " if len(plan.rates) > 1 else ""
        lines += [f"  {owner}depends on what is measured"] if phases is None else [f"  {owner}{_phase(*p)}" for p in phases[:20]]
        if phases is not None and len(phases) > 20:
            lines.append(f"  {owner}and {len(phases) - 20} more changes")
    lines += ["", f"Disk: at most about {_size(sum(size for size, _ in plan.disk.values()))}"]
    lines += [f"  {name}: {_size(size)} ({words})" for name, (size, words) in plan.disk.items()]
    total = sum(plan.seconds.values())
    lines += ["", f"Time: about {_time(total)}, by {MEASURED - 2} measured steps"]
    shown = sorted(plan.seconds.items(), key=lambda item: -item[1])
    lines += [f"  {name}: {_time(seconds)}" for name, seconds in shown if seconds > 0.01 * total]
    return "\n".join(lines)


def _series(iterations):
    """Numbers in words, none left out: evenly spaced ones as a series."""
    if not iterations:
        return "never"
    parts, i = [], 0
    while i < len(iterations):
        j = i + 1
        if j < len(iterations):
            gap = iterations[j] - iterations[i]
            while j + 1 < len(iterations) and iterations[j + 1] - iterations[j] == gap:
                j += 1
        if j - i >= 3:
            parts.append(f"{iterations[i]}, {iterations[i + 1]}, ... {iterations[j]}")
            i = j + 1
        else:
            parts.append(str(iterations[i]))
            i += 1
    times = "once" if len(iterations) == 1 else f"{len(iterations)} times"
    return f"{times}, at {', '.join(parts)}"


def _phase(first, last, start, end):
    if start == end:
        return f"iterations {first} to {last}: {start:.4g}"
    return f"iterations {first} to {last}: {'rises' if end > start else 'falls'} from {start:.4g} to {end:.4g}"


def _size(size):
    unit, name = next(((unit, name) for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if size >= unit), (1, "B"))
    return f"{size / unit:.3g} {name}"


def _time(seconds):
    if seconds < 120:
        return f"{seconds:.3g} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{minutes} min" if hours == 0 else f"{hours} h {minutes:02d} min"
