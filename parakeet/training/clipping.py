"""Gradients that are too large, made smaller."""

import paddle
from paddle.nn.clip import ClipGradBase

from parakeet.errors import RunError
from parakeet.training.reporter import report


class Clip(ClipGradBase):
    """Limits the gradients of an optimizer, and reports what their norm was before.

    It is passed to any of Paddle's optimizers as ``grad_clip``, and so applies to the gradient of the whole update, accumulated and
    unscaled. It has no state. Parameters made with ``need_clip=False`` are left out of both.

    Args:
        norm (float, optional): gradients are scaled down to this norm, all together (R. Pascanu et al., arXiv:1211.5063, alg. 1).
        value (float, optional): before that, each component is cut off at plus and minus this.
        name (str): what the norm of the gradient is reported as, before anything is cut; an unread tensor.

    Raises:
        RunError: if a limit is not positive, or there is none.
    """

    def __init__(self, norm=None, value=None, name="gradient_norm"):
        super().__init__()
        limits = {"norm": norm, "value": value}
        wrong = [f"{key}={limit!r}" for key, limit in limits.items() if limit is not None and not limit > 0]
        if wrong or norm is value is None:
            raise RunError(f"Clip takes a norm, a value or both, and they must be positive; it got {', '.join(wrong) or 'neither'}")
        self.norm, self.value, self.name = norm, value, name

    def __str__(self):
        return f"Clip(norm={self.norm}, value={self.value})"

    def __call__(self, params_grads):
        """Limit gradients.

        Args:
            params_grads (list[tuple]): of a parameter and its gradient, or None; that one is not changed.

        Returns:
            list[tuple]: the same with other gradients.

        Raises:
            RunError: if a gradient is sparse.
        """
        with paddle.no_grad():
            chosen = [g for p, g in params_grads if g is not None and getattr(p, "need_clip", True)]
            if not chosen:
                return params_grads
            if any(g.is_selected_rows() for g in chosen):
                raise RunError("Clip does not know the sparse gradients of paddle.nn.Embedding(sparse=True): leave sparse at False")
            before = norm_of(chosen)
            report({self.name: before})
            if self.value is not None:
                chosen = [g.clip(-self.value, self.value) for g in chosen]
                before = norm_of(chosen) if self.norm is not None else before
            if self.norm is not None:
                scale = self.norm / paddle.clip(before, min=self.norm)  # 1 where the norm is small enough, without asking
                chosen = [g * scale.astype(g.dtype) for g in chosen]
            clipped = iter(chosen)
            return [
                (p, next(clipped)) if g is not None and getattr(p, "need_clip", True) else (p, g) for p, g in params_grads
            ]


def norm_of(tensors):
    """Give the Euclidean norm of several tensors together.

    Args:
        tensors (list[Tensor]): one at least.

    Returns:
        Tensor: a scalar, float32 or wider; unread.
    """
    wide = [t.astype("float32") if str(t.dtype).endswith("float16") else t for t in tensors]
    return paddle.add_n([(t * t).sum() for t in wide]).sqrt()
