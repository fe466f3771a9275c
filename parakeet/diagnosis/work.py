"""Work spread over the cores of this machine, its results in order."""

import functools

from parakeet.preparation.executors import cores, results_here


def run(work, tasks, workers=None, progress=None, what=""):
    """Have tasks worked on, each by itself.

    Args:
        work (Callable): of one task; it and the tasks can be pickled.
        tasks (Sequence): the tasks.
        workers (int, optional): processes; one for each core when None.
        progress (Callable, optional): called with (what, done, total).
        what (str): is being done.

    Returns:
        list: the results in the order of the tasks, whoever was quicker; a :class:`parakeet.preparation.record.Rejection` where a task
        ended its process, as a fault in a library can.
    """
    results = [None] * len(tasks)
    workers = min(cores() if workers is None else workers, max(1, len(tasks)))
    finished = results_here(functools.partial(_second, work=work), list(enumerate(tasks)), workers)
    for done, ((place, _), result) in enumerate(finished, 1):
        results[place] = result
        if progress is not None:
            progress(what, done, len(tasks))
    return results


def _second(task, work):
    return work(task[1])
