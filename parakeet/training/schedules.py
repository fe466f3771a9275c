"""Learning rates as functions of the step alone, so that a resumed run needs no state to go on exactly where it was.

Each function gives the share of the highest rate that applies in a step; steps count from 0, at the end of the warm-up.
"""

import math


def constant(step):
    """float: 1 for ever."""
    return 1.0


def linear(step, steps, final=0.0):
    """Fall on a straight line.

    Args:
        step (int): from 0.
        steps (int): after how many it has fallen.
        final (float): to which share.

    Returns:
        float: from 1 to `final`.
    """
    return polynomial(step, steps, final, power=1.0)


def polynomial(step, steps, final=0.0, power=2.0):
    """Fall as a power of what is left to do; see `linear`.

    Args:
        power (float): 1 is a straight line; higher ones fall sooner.
    """
    return final + (1 - final) * (1 - _share(step, steps)) ** power


def cosine(step, steps, final=0.0):
    """Fall by half a cosine (I. Loshchilov and F. Hutter, arXiv:1608.03983, eq. 5); see `linear`."""
    return final + (1 - final) * (1 + math.cos(math.pi * _share(step, steps))) / 2


def exponential(step, rate, every=1, final=0.0):
    """Fall by the same factor in the same time.

    Args:
        step (int): from 0.
        rate (float): the factor.
        every (int): the steps it takes to fall by it; it falls in each step, by an equal part of it.
        final (float): a share it does not fall below.

    Returns:
        float: the share.
    """
    return max(final, rate ** (step / every))


def multistep(step, at, rate, final=0.0):
    """Fall by a factor at given steps.

    Args:
        step (int): from 0.
        at (Iterable[int]): the steps from which on the factor applies, once for each.
        rate (float): the factor.
        final (float): a share it does not fall below.

    Returns:
        float: the share.
    """
    return max(final, rate ** sum(step >= n for n in at))


def inverse_square_root(step, warmup, final=0.0):
    """Fall as one over the square root of all steps, those of the warm-up included (A. Vaswani et al., arXiv:1706.03762, eq. 3; "Noam").

    Args:
        step (int): from 0, after the warm-up.
        warmup (int): how many steps came before; 1 at least.
        final (float): a share it does not fall below.

    Returns:
        float: 1 in the last step of the warm-up.
    """
    return max(final, math.sqrt(warmup / (warmup + step + 1)))


def warm_up(step, warmup):
    """float: rises on a straight line, from ``1 / warmup`` in step 0 to 1 in step ``warmup - 1``."""
    return min(1.0, (step + 1) / warmup) if warmup else 1.0


def _share(step, steps):
    return min(1.0, step / max(1, steps))


def _until(function, *names):
    def factor(step, settings):
        if settings.decay_until is None:
            return 1.0
        options = {name: getattr(settings, f"decay_{name}") for name in names}
        return function(step, settings.decay_until - settings.warmup, _final(settings), **options)

    return factor


def _final(settings):
    return settings.final_learning_rate / settings.learning_rate


DECAYS = {
    "constant": lambda step, settings: constant(step),
    "linear": _until(linear),
    "cosine": _until(cosine),
    "polynomial": _until(polynomial, "power"),
    "exponential": lambda step, s: exponential(step, s.decay_rate, s.decay_every, _final(s)),
    "multistep": lambda step, s: multistep(step, [n - s.warmup for n in s.decay_at], s.decay_rate, _final(s)),
    "inverse_square_root": lambda step, s: inverse_square_root(step, s.warmup, _final(s)),
}
"""Name in a configuration -> ``factor(step after the warm-up, settings)``, the settings being a `TrainingConfig`."""


def learning_rate_factor(step, settings):
    """Give the share of the learning rate that applies in a step of the optimizer.

    Args:
        step (int): counted from 0.
        settings (TrainingConfig): `learning_rate`, `warmup` and what begins with ``decay`` or ``final`` count.

    Returns:
        float: linear up to 1 over the warm-up, then as `decay` says.
    """
    if step < settings.warmup:
        return warm_up(step, settings.warmup)
    return DECAYS[settings.decay](step - settings.warmup, settings)
