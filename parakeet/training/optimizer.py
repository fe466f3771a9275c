"""The optimizer that experiments use unless they build another."""

import paddle

from parakeet.training.clipping import Clip
from parakeet.training.schedules import learning_rate_factor


def adamw(model, settings, name=None):
    """Build AdamW (I. Loshchilov and F. Hutter, arXiv:1711.05101) with a warm-up, a decay and clipping.

    Args:
        model (Layer): what it trains: its parameters that are not frozen. Matrices and kernels decay, biases and norms do not.
        settings (TrainingConfig): the learning rate and its decay, `betas`, `weight_decay`, `gradient_norm` and `gradient_value`.
        name (str, optional): of the optimizer, where there are several: the norm is reported as ``gradient_norm/<name>``.

    Returns:
        Optimizer: whose schedule is a function of its step alone.
    """
    parameters = [parameter for parameter in model.parameters() if not parameter.stop_gradient]
    decayed = {parameter.name for parameter in parameters if parameter.ndim > 1}
    clip = None
    if settings.gradient_norm is not None or settings.gradient_value is not None:
        clip = Clip(settings.gradient_norm, settings.gradient_value, "gradient_norm" if name is None else f"gradient_norm/{name}")
    return paddle.optimizer.AdamW(
        learning_rate=paddle.optimizer.lr.LambdaDecay(settings.learning_rate, lambda step: learning_rate_factor(step, settings)),
        beta1=settings.betas[0],
        beta2=settings.betas[1],
        parameters=parameters,
        weight_decay=settings.weight_decay,
        apply_decay_param_fun=lambda name: name in decayed,
        grad_clip=clip,
    )
