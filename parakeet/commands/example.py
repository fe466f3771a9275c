"""``parakeet example``."""

import shutil
from pathlib import Path

import click

import parakeet
from parakeet.errors import RunError, nearest


def examples_folder():
    """Path: where the examples lie, beside the package in a clone, within it where it was installed."""
    package = Path(parakeet.__file__).parent
    within = package / "examples"
    return within if within.is_dir() else package.parent / "examples"


def examples():
    """dict: the name of each example -> its folder."""
    return {script.parent.name: script.parent for script in sorted(examples_folder().glob("*/train.py"))}


@click.command()
@click.argument("name", required=False)
@click.argument("directory", required=False, type=click.Path(path_type=Path))
def example(name, directory):
    """Copy the example NAME into DIRECTORY, for you to train and to change; without arguments, tell which there are.

    An example is a whole experiment: train.py, configurations, what it needs and what to expect of it.
    """
    if name is None:
        titles = {known: (folder / "README.md").read_text(encoding="utf-8").split("\n", 1)[0] for known, folder in examples().items()}
        width = max(map(len, titles))
        click.echo("\n".join(f"{known:{width}}  {title.lstrip('# ')}" for known, title in titles.items()))
        return
    if directory is None:
        raise click.UsageError(f"where to? Name a folder that isn't there yet: parakeet example {name} DIRECTORY")
    copy_example(name, directory)
    configurations = ", ".join(path.stem for path in sorted((directory / "configs").glob("*.yaml")))
    click.echo(
        f"{directory}: the example {name}, with the configurations {configurations}; its README.md says what it needs. To train it:\n"
        f"  parakeet train {directory}/train.py [--config {directory}/configs/NAME.yaml] [--data PREPARED] --output RUN"
    )


def copy_example(name, directory):
    """Copy an example.

    Args:
        name (str): a key of `examples`.
        directory (Path): must not exist, or be empty.

    Raises:
        RunError: if there is no such example, or the folder holds something.
    """
    known = examples()
    if name not in known:
        raise RunError(f"no example '{name}'; there are {', '.join(known)}.{nearest(name, known)}")
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise RunError(f"{directory} is there already; choose another folder, so that nothing of yours is overwritten.")
    shutil.copytree(known[name], directory, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
