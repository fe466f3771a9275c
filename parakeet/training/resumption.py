"""Go on with a run: what differs from it is told and judged, then its state comes back and it trains to the end."""

import json
import tempfile
from pathlib import Path

import click

from parakeet.config import dump_config, load_config
from parakeet.errors import ResumeError
from parakeet.files import write_whole
from parakeet.training.distributed import current
from parakeet.training.drift import CODE, DATA, code_drift, data_drift, describe_data, keep_code, keep_data
from parakeet.training.run_folder import CONFIG, find_experiment, read_run, versions, write_run
from parakeet.training.start import (
    config_class_of,
    hold_folder,
    newest_snapshot,
    prepare_device,
    run_to_its_end,
    with_data,
)


def resume(folder, experiment_class=None, data=None, device=None, overrides=(), accept=()):
    """Go on with a run from its newest valid snapshot, or from its beginning if it was killed before the first one.

    Args:
        folder (str or Path): the run folder.
        experiment_class (type, optional): found by run.json when None.
        data (str or Path, optional): the same as the override ``data.path=...``.
        device (str, optional): that of the run when None.
        overrides (Iterable[str]): ``"key.key=value"``; those in the experiment's `harmless` pass.
        accept (Iterable[str]): other keys that may differ, by name; ``code``, ``parakeet`` and ``data``, too (`parakeet.training.drift`).

    Returns:
        Experiment: when its training has ended.

    Raises:
        ResumeError: if the folder holds no run, or something differs that was not accepted.
        ConfigError, Interrupted: as for `train`.
    """
    folder = Path(folder)
    run = read_run(folder)
    with hold_folder(folder):
        return _resume(folder, run, experiment_class, data, device, overrides, accept)


def _resume(folder, run, experiment_class, data, device, overrides, accept):
    if experiment_class is None:
        experiment_class = find_experiment(run["experiment"], folder)
    elif experiment_class.__qualname__ != run["experiment"]["class"] and "experiment" not in accept:
        raise ResumeError(
            f"{folder} is a run of {run['experiment']['class']} ({run['experiment']['file']}), not of {experiment_class.__qualname__}. "
            "To resume it all the same: --accept experiment"
        )
    settings = load_config(config_class_of(experiment_class), folder / CONFIG, with_data(data, overrides))
    # Compared with what was run, not with the yaml beside it, which somebody may have edited.
    changes = differences(_as_now(type(settings), run["config"]), settings.model_dump(mode="json"))
    _refuse(changes, experiment_class.harmless, accept, folder)
    drifts = code_drift(experiment_class, folder) if current().leads else []
    _judge(drifts, (*accept, "code") if "experiment" in accept else accept, folder)
    device = run["device"] if device is None else device
    prepare_device(device)
    experiment = experiment_class(settings, folder, device)
    experiment.setup()
    team = current()
    of_data, data_now = [], None
    if team.leads:
        data_now = describe_data(experiment)
        of_data = data_drift(data_now, folder)
        _judge(of_data, accept, folder)
    other_data = team.broadcast(not all(drift.harmless for drift in of_data))
    snapshot = newest_snapshot(folder)
    if snapshot is not None:
        state = snapshot.load()
        if other_data:
            _begin_epoch(state["updater"], experiment.updater)
        experiment.trainer.set_state_dict(state)
    if team.leads:
        told = f"{folder} holds no snapshot: the run begins again" if snapshot is None else f"resumed from {snapshot.path}"
        click.echo(told, err=True)
        _note_versions(run["versions"])
        if not all(drift.harmless for drift in drifts) or not (folder / CODE).exists():
            keep_code(experiment_class, folder)
        if of_data or not (folder / DATA).exists():
            keep_data(data_now, folder)
        _note_resume(folder, run, experiment, changes, drifts + of_data)
    before = experiment.updater.iteration
    experiment = run_to_its_end(experiment)
    if team.leads and before == experiment.updater.iteration:
        click.echo(f"nothing to do: iteration {before} was its end. To train on, give a later one: training.stop=[N, unit]", err=True)
    return experiment


def _note_resume(folder, run, experiment, changes, drifts):
    settings, device = experiment.config, experiment.device
    write_whole(folder / CONFIG, dump_config(settings))
    now = {
        "iteration": experiment.updater.iteration,
        "device": device,
        "versions": versions(),
        "changes": changes,
        "drift": [f"{drift.name}: {drift.text}" for drift in drifts],
    }
    write_run(folder, {**run, "config": settings.model_dump(mode="json"), "resumed": [*run["resumed"], now]})


def _judge(drifts, accept, folder):
    """Tell what differs from the run as it was; refuse what changes its meaning and was not accepted by name."""
    refused = [drift for drift in drifts if not drift.harmless and drift.name not in accept]
    if refused:
        lines = "".join(f"\n  {drift.name}: {drift.text}" + "".join(f"\n    {line}" for line in drift.details) for drift in refused)
        flags = " ".join(dict.fromkeys(f"--accept {drift.name}" for drift in refused))
        ways = "Put back what it was, begin a new run"
        copy = folder / CODE / str(read_run(folder)["experiment"].get("copy"))
        if copy.is_file() and any(drift.name == "code" for drift in refused):
            ways += f", go on with the code as it was (python {copy} resume {folder})"
        raise ResumeError(f"{folder}: these would change the meaning of the run:{lines}\n{ways}, or resume with {flags}")
    for drift in drifts:
        accepted = "" if drift.harmless else " (accepted)"
        click.echo(f"{drift.name}: {drift.text}{accepted}", err=True)


def _begin_epoch(state, updater):
    """Let the epoch that was running begin again: with other data, a position in it means nothing."""
    click.echo(f"the data are others: epoch {state['epoch']} begins again", err=True)
    state["consumed"] = 0
    state["before"]["epoch"] = str(state["epoch"])
    state["samples_in_epoch"] = updater.data.samples_per_epoch(state["epoch"])


def build_again(run, folder, output, experiment_class=None, data=None, device=None):
    """Build the experiment of a run with its configuration, in another folder; no state is loaded.

    Args:
        run (dict): what run.json holds, or held.
        folder (Path): the run folder.
        output (str or Path): the folder that the experiment gets.
        experiment_class (type, optional): found by `run` when None.
        data (str or Path, optional): the same as the override ``data.path=...``.
        device (str, optional): that of the run when None.

    Returns:
        Experiment: after its `setup`.

    Raises:
        ResumeError, ConfigError: if the experiment or the device is not there, or the configuration does not fit.
    """
    if experiment_class is None:
        experiment_class = find_experiment(run["experiment"], folder)
    with tempfile.TemporaryDirectory(prefix="parakeet-") as temporary:
        path = Path(temporary) / CONFIG
        path.write_text(json.dumps(run["config"]), encoding="utf-8")  # json is yaml
        settings = load_config(config_class_of(experiment_class), path, with_data(data, ()))
    device = run["device"] if device is None else device
    prepare_device(device)
    experiment = experiment_class(settings, output, device)
    experiment.setup()
    return experiment


def _as_now(config_class, config):
    """A run's configuration with the keys that were added since then, at their defaults: what the run did without knowing of them."""
    try:
        return config_class.model_validate_json(json.dumps(config)).model_dump(mode="json")
    except ValueError:  # keys have gone or mean something else since: then every difference is told
        return config


def differences(before, after):
    """List what differs between two configurations.

    Args:
        before, after (dict): as ``model_dump`` gives them.

    Returns:
        dict: key, dotted -> [value before, value after].
    """
    old, new = _flat(before), _flat(after)
    return {key: [old.get(key), new.get(key)] for key in {**old, **new} if old.get(key) != new.get(key)}


def _flat(value, prefix=""):
    if not isinstance(value, dict) or not value:
        return {prefix: value}
    return {k: v for key, item in value.items() for k, v in _flat(item, f"{prefix}.{key}" if prefix else key).items()}


def _refuse(changes, harmless, accept, folder):
    allowed = (*harmless, *accept)
    refused = [key for key in changes if not any(key == name or key.startswith(f"{name}.") for name in allowed)]
    if refused:
        lines = "".join(f"\n  {key}: {changes[key][0]} in the run, {changes[key][1]} now" for key in refused)
        flags = " ".join(f"--accept {key}" for key in refused)
        raise ResumeError(
            f"{folder}: these would change the meaning of the run:{lines}\nLeave them as they are, begin a new run, or resume with {flags}"
        )


def _note_versions(then):
    for name, version in versions().items():
        if then.get(name) != version:
            click.echo(
                f"{name} was {then.get(name)} and is {version}: the numbers may differ in their last digits", err=True
            )
