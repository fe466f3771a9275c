"""Weights into models: all of them, or an error that names those that do not fit."""

from parakeet.errors import DataError


def set_weights(model, weights, source):
    """Give a model its weights; every name and every shape must fit, because skipped weights are heard as noise.

    Args:
        model (paddle.nn.Layer): changed in place.
        weights (dict[str, numpy.ndarray]): by structural name.
        source (str | Path): where they come from, for the message.

    Raises:
        DataError: if one is missing, is too many, or has another shape.
    """
    own = model.state_dict()
    problems = [f"missing '{name}'" for name in own if name not in weights]
    problems += [f"unexpected '{name}'" for name in weights if name not in own]
    problems += [
        f"'{name}' has shape {list(weights[name].shape)}, expected {list(own[name].shape)}"
        for name in own
        if name in weights and list(weights[name].shape) != list(own[name].shape)
    ]
    if problems:
        shown = "; ".join(problems[:5]) + (f"; and {len(problems) - 5} more" if len(problems) > 5 else "")
        raise DataError(
            f"{source}: its weights do not fit the model: {shown}. The configuration and the snapshot are of different runs."
        )
    import paddle

    model.set_state_dict({name: paddle.to_tensor(value) for name, value in weights.items()})
