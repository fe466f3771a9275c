"""Mixed precision: losses computed in 16 bits where the device has them, parameters and their updates in 32."""

import contextlib

from parakeet.errors import ConfigError, ResumeError, nearest

PRECISIONS = ("float32", "float16", "bfloat16")


class Precision:
    """In what the losses of an updater are computed, and what that asks of its steps.

    float16 reaches no further than 65,504 and loses small gradients: its losses are scaled up (P. Micikevicius et al.,
    arXiv:1710.03740, sec. 3.2) by a `paddle.amp.GradScaler` for each optimizer, whose state belongs into the snapshot. A step whose
    gradients overflow is left out then; it counts as a step, for to know of it would be to wait for the device.

    Args:
        name (str): one of `PRECISIONS`.
        optimizers (Iterable[str]): their names.

    Raises:
        ConfigError: if it is none of these, or the device is a processor.
    """

    def __init__(self, name, optimizers):
        if name not in PRECISIONS:
            raise ConfigError(f"precision is one of {', '.join(PRECISIONS)}; it is {name!r}.{nearest(str(name), PRECISIONS)}")
        self.name = name
        self.scalers = {}
        if name == "float32":
            return
        import paddle

        if paddle.get_device() == "cpu":
            raise ConfigError(
                f"precision {name} needs a GPU: Paddle has no kernels for it on processors, where it would compute in float32 without "
                "a word, or stop. Leave training.precision at float32, or train with --device gpu."
            )
        if name == "float16":
            self.scalers = {optimizer: paddle.amp.GradScaler() for optimizer in optimizers}

    def autocast(self):
        """Give a context manager to compute a loss in."""
        if self.name == "float32":
            return contextlib.nullcontext()
        import paddle

        return paddle.amp.auto_cast(dtype=self.name)

    def scale(self, loss, optimizer):
        """Tensor: the loss to make gradients of."""
        return self.scalers[optimizer].scale(loss) if optimizer in self.scalers else loss

    def step(self, own, optimizer):
        """Make a step of an optimizer by gradients that were made of scaled losses.

        Args:
            own (Optimizer): the optimizer.
            optimizer (str): its name.
        """
        if optimizer in self.scalers:
            self.scalers[optimizer].step(own)
            self.scalers[optimizer].update()
        else:
            own.step()

    def state_dict(self):
        """dict: name of an optimizer -> the state of its scaler; empty if there are none."""
        return {optimizer: scaler.state_dict() for optimizer, scaler in self.scalers.items()}

    def set_state_dict(self, state):
        """Take back what `state_dict` gave.

        Raises:
            ResumeError: if the state is that of a run in another precision.
        """
        if set(state) != set(self.scalers):
            there, here = ("float16" if names else "another precision" for names in (state, self.scalers))
            raise ResumeError(f"the snapshot is of a run in {there}, this one computes in {here}: they must be the same")
        for optimizer, scaler in self.scalers.items():
            scaler.load_state_dict(state[optimizer])
