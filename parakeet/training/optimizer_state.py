"""The state of models and optimizers under names that mean the same in every process.

Paddle names parameters by counters (``linear_3.w_0``), so the keys of its optimizer state depend on all that was built before in
the process: one more layer, and moments go to the wrong parameter or to none. Here a moment is found by the place of its parameter
in the model: ``main/encoder.weight//moment1``.
"""

import warnings

from parakeet.errors import ResumeError, RunError

_LONGEST_LIST = 10


def step_schedule(optimizer):
    """Advance an optimizer's learning rate schedule by one, if it has one; one that waits for a metric is left to its owner."""
    from paddle.optimizer.lr import ReduceOnPlateau

    schedule = schedule_of(optimizer)
    if schedule is not None and not isinstance(schedule, ReduceOnPlateau):
        schedule.step()


def copy_of_state(model):
    """Copy the parameters and buffers of a model.

    Args:
        model (Layer): the model.

    Returns:
        dict: name -> numpy array, or tensor where numpy lacks the type (bfloat16).
    """
    return {name: _copy(tensor) for name, tensor in model.state_dict().items()}


def restore_model(model, state, owner="the model"):
    """Give a model its parameters and buffers back.

    Args:
        model (Layer): the model.
        state (dict): name -> array or tensor.
        owner (str): what to call the model in an error.

    Raises:
        ResumeError: if a name, a shape or a type differs; all that do are named, and nothing is changed.
    """
    own = model.state_dict()
    problems = [f"{name}: only in the snapshot" for name in state if name not in own]
    problems += [f"{name}: not in the snapshot" for name in own if name not in state]
    problems += [
        difference for name in own if name in state for difference in _difference(name, state[name], own[name])
    ]
    if problems:
        raise ResumeError(_listed(f"the snapshot does not fit {owner}", problems))
    for name, tensor in own.items():
        tensor.set_value(state[name])


def optimizer_state(optimizer, models):
    """Copy the state of an optimizer.

    Args:
        optimizer (Optimizer): the optimizer.
        models (dict): name -> Layer; the optimizer's parameters are among theirs.

    Returns:
        dict: ``tensors`` (``model/parameter//moment1`` -> array), ``learning_rate`` (float) and ``schedule`` (dict, or None if the
        learning rate follows none). A parameter that had no gradient yet has no tensors.

    Raises:
        RunError: if a parameter of the optimizer is in none of the models.
    """
    schedule = schedule_of(optimizer)
    return {
        "tensors": {key: _copy(tensor) for key, tensor in _tensors(optimizer, _places(models)).items()},
        "learning_rate": float(optimizer.get_lr()),
        "schedule": None if schedule is None else schedule.state_dict(),
    }


def restore_optimizer(optimizer, models, state, owner="the optimizer"):
    """Give an optimizer its state back.

    Args:
        optimizer (Optimizer): the optimizer; one that has made no step yet.
        models (dict): name -> Layer.
        state (dict): as `optimizer_state` gave it, in this process or another.
        owner (str): what to call the optimizer in an error.

    Raises:
        ResumeError: if it is the state of another kind of optimizer or of other parameters; all differences are named.
    """
    schedule = schedule_of(optimizer)
    if (schedule is None) != (state["schedule"] is None):
        here, there = ("none", "one") if schedule is None else ("one", "none")
        raise ResumeError(
            f"{owner} has {here} learning rate schedule here and {there} in the snapshot: they must be the same"
        )
    saved, places = state["tensors"], _places(models)
    used = {key.rpartition("//")[0] for key in saved}
    _create_accumulators(optimizer, [parameter for place, parameter in places.items() if place in used])
    own = _tensors(optimizer, places)
    problems = [f"{key}: only in the snapshot" for key in saved if key not in own]
    problems += [f"{key}: not in the snapshot" for key in own if key not in saved]
    problems += [difference for key in saved if key in own for difference in _difference(key, saved[key], own[key])]
    if problems:
        raise ResumeError(_listed(f"the snapshot does not fit {owner}", problems))
    for key, tensor in own.items():
        tensor.set_value(saved[key])
    if schedule is None:
        optimizer.set_lr(state["learning_rate"])
    else:
        with warnings.catch_warnings():
            # Paddle warns of the state of a schedule within a schedule, which it restores all the same.
            warnings.filterwarnings("ignore", message="There are some unused values in state_dict")
            schedule.set_state_dict(state["schedule"])


def memories(optimizer):
    """dict: the tensors an optimizer has made for itself so far: (kind, name of the parameter in this process) -> tensor."""
    kinds = {**optimizer._accumulators, "master_weight": getattr(optimizer, "_master_weights", {})}
    return {(kind, name): tensor for kind, by_name in kinds.items() for name, tensor in by_name.items()}


def forget(optimizer, keys):
    """Let an optimizer forget some of its `memories`, by key; it makes them again, from the beginning, when it needs them."""
    for kind, name in keys:
        if kind == "master_weight":
            del optimizer._master_weights[name]
        else:
            del optimizer._accumulators[kind][name]
        getattr(optimizer, "_already_create_accumulator", set()).discard(name)


def _tensors(optimizer, places):
    """Name the tensors an optimizer keeps: its accumulators and the float32 masters of half-precision parameters."""
    place_of = {parameter.name: place for place, parameter in places.items()}
    masters = getattr(optimizer, "_master_weights", {})
    owner_of = {master.name: name for name, master in masters.items()}
    kinds = {**optimizer._accumulators, "master_weight": masters}
    tensors = {}
    for kind, by_name in kinds.items():
        for name, tensor in by_name.items():
            name = owner_of.get(name, name)
            if name not in place_of:
                raise RunError(
                    f"the optimizer {type(optimizer).__name__} moves '{name}', which is a parameter of none of the models: pass the "
                    "updater every model that is trained"
                )
            tensors[f"{place_of[name]}//{kind}"] = tensor
    return tensors


def _create_accumulators(optimizer, parameters):
    """Make the accumulators of these parameters now.

    Paddle would make them at a parameter's first gradient and look up their values then; but a parameter whose first gradient comes
    after a restart has none to find, and Paddle refuses to go on.
    """
    import paddle

    if parameters:
        optimizer._create_accumulators(paddle.base.framework.default_main_program().global_block(), parameters)


def _places(models):
    return {
        f"{name}/{path}": parameter for name, model in models.items() for path, parameter in model.named_parameters()
    }


def schedule_of(optimizer):
    from paddle.optimizer.lr import LRScheduler

    # Paddle has no public way to ask whether a learning rate follows a schedule.
    rate = optimizer._learning_rate
    return rate if isinstance(rate, LRScheduler) else None


def _copy(tensor):
    return tensor.detach().clone() if _type(tensor) == "bfloat16" else tensor.numpy()


def _type(array):
    return str(array.dtype).removeprefix("paddle.")


def _difference(name, saved, own):
    if list(saved.shape) != list(own.shape):
        yield f"{name}: shape {list(saved.shape)} in the snapshot, {list(own.shape)} here"
    # bfloat16 comes back from a file as the uint16 bit patterns that numpy can hold.
    elif _type(saved) != _type(own) and (_type(saved), _type(own)) != ("uint16", "bfloat16"):
        yield f"{name}: {_type(saved)} in the snapshot, {_type(own)} here"


def _listed(what, problems):
    more = f"\n  ... and {len(problems) - _LONGEST_LIST} more" if len(problems) > _LONGEST_LIST else ""
    lines = "".join(f"\n  {problem}" for problem in problems[:_LONGEST_LIST])
    return f"{what}; build it as it was built when the snapshot was taken:{lines}{more}"
