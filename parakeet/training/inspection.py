"""What is wrong with a model: which tensors are no numbers, how large its gradients are."""

import hashlib


def bad_tensors(models):
    """List the parameters and buffers that hold NaN or infinity, by model and name; waits for the device once."""
    import paddle

    named = [
        (f"{name}/{path}", tensor)
        for name, model in models.items()
        for path, tensor in (*model.named_parameters(), *model.named_buffers())
        if tensor.size and tensor.is_floating_point()
    ]
    if not named:
        return []
    finite = paddle.stack([paddle.isfinite(tensor.detach()).all() for _, tensor in named]).numpy()
    return [name for (name, _), fine in zip(named, finite, strict=True) if not fine]


def gradient_norms(models):
    """dict: parameter -> norm of the gradient that was made last, where there is one."""
    norms = {}
    for name, model in models.items():
        for path, parameter in model.named_parameters():
            if parameter.grad is not None:
                norms[f"{name}/{path}"] = float(parameter.grad.detach().astype("float32").norm().item())
    return norms


def digest(models):
    """str: sha256 of all parameters and buffers."""
    result = hashlib.sha256()
    for name, model in models.items():
        for path, tensor in model.state_dict().items():
            result.update(f"{name}/{path} {tensor.dtype} {list(tensor.shape)}\n".encode())
            result.update(tensor.detach().numpy().tobytes())
    return result.hexdigest()
