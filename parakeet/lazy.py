"""Names of a package that are imported when they are first used (PEP 562), so that importing the package costs nothing."""

import sys
from importlib import import_module


def lazy_names(package, homes):
    """Make what a package needs to give names lazily.

    Args:
        package (str): the package's ``__name__``.
        homes (dict[str, Sequence[str]]): module, relative to the package, to the names it holds.

    Returns:
        tuple: its ``__getattr__``, ``__dir__`` and ``__all__``.
    """
    module_of = {name: module for module, names in homes.items() for name in names}

    def get(name):
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{module_of[name]}"), name)
        setattr(sys.modules[package], name, value)  # the next time it is simply there
        return value

    def names():
        return sorted({*vars(sys.modules[package]), *module_of})

    return get, names, sorted(module_of)
