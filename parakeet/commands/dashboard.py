"""``parakeet dashboard``."""

import socket
import sys
from pathlib import Path

import click

from parakeet.errors import RunError
from parakeet.requirements import require


@click.command()
@click.argument("run", type=click.Path(file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8040, show_default=True)
def dashboard(run, host, port):
    """Watch a RUN in the browser: curves, spectra, and its audio samples to listen to.

    RUN is the folder of one run, or a folder of several to compare.
    """
    logdir = dashboard_folder(run)
    refuse_taken(host, port)
    click.echo(f"The dashboard of {logdir} is at http://{host}:{port}/ (Ctrl-C ends it).")
    # As its own program: VisualDL's server parses sys.argv and starts processes. English is asked for because a browser without
    # a language it knows would get an error page; its statistics on users stay off.
    sys.argv = [
        "visualdl",
        "--logdir",
        str(logdir),
        "--host",
        host,
        "--port",
        str(port),
        "--language",
        "en",
        "--disable-telemetry",
    ]
    require("visualdl.server.app", None, "The dashboard").main()


def refuse_taken(host, port):
    """Make sure that a server can listen there, before its address is printed.

    Raises:
        RunError: if another program does already, or this machine has no such address.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise RunError(
            f"{host}:{port}: no server can listen there ({error.strerror}). Choose another port, as in --port {port % 65535 + 1}, "
            "or another address of this machine with --host."
        ) from None


def dashboard_folder(run):
    """The folder that VisualDL shows for a run, or for a folder of runs.

    Raises:
        RunError: if there are no records.
    """
    run = Path(run)
    own = run / "visualdl"
    if own.is_dir():
        return own
    if run.is_dir() and any(run.glob("*/visualdl")):
        return run
    raise RunError(
        f"{run}: holds no VisualDL records (expected a folder 'visualdl', or runs that have one). Give the folder of a run."
    )
