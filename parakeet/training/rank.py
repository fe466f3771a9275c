"""One of several processes that train one model, as ``paddle.distributed.launch`` starts it; see `parakeet.training.launch`."""

import json
import multiprocessing.connection
import os
import sys
import traceback
from pathlib import Path

from parakeet.errors import ParakeetError
from parakeet.training.launch import EXIT, JOB, SOCKET
from parakeet.training.signals import Interrupted


def main(folder):
    """Do what the job says; does not return.

    Args:
        folder (Path): the private folder of the job.
    """
    supervisor = multiprocessing.connection.Client(str(folder / SOCKET), "AF_UNIX")
    rank = int(os.environ["PADDLE_TRAINER_ID"])

    def tell(kind, **more):
        supervisor.send_bytes(json.dumps({"kind": kind, "rank": rank, **more}).encode())

    # Paddle would look up there what its environment lacks; the file holds the whole environment and is removed.
    os.environ.pop("PADDLE_BACKUP_ENV_PATH", None)
    tell("hello", pid=os.getpid())
    kind, text = _work(json.loads((folder / JOB).read_text()), supervisor, lambda: tell("running"))
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        tell(kind, text=text)
    except OSError:
        print(text, file=sys.stderr, flush=True)  # nobody is left to be told
    # At once: threads of an exchange that will never be answered must not keep this process.
    os._exit(EXIT[kind])


def _work(job, supervisor, announce):
    from parakeet.training.distributed import LostProcess

    try:
        _train(job, supervisor, announce)
        return "done", ""
    except Interrupted as error:
        return "interrupted", str(error)
    except LostProcess as error:
        return "lost", str(error)
    except ParakeetError as error:
        return "mistake", str(error)
    except BaseException:
        return "error", traceback.format_exc()


def _train(job, supervisor, announce):
    from parakeet.cpu import import_paddle

    paddle = import_paddle("Training")
    from parakeet.training import cli, distributed
    from parakeet.training.run_folder import load_experiment, read_run
    from parakeet.training.start import check_device

    options = job["options"]
    folder = options.get("folder")
    device = options["device"] if options["device"] is not None else read_run(Path(folder))["device"]
    check_device(device)
    if device == "cpu":
        os.environ["PADDLE_DISTRI_BACKEND"] = "gloo"
    paddle.set_device(distributed.local_device(device))
    team = distributed.join(supervisor, announce)
    experiment = None if job["experiment"] is None else load_experiment(job["experiment"])
    if job["command"] == "train":
        cli.begin(experiment, **options)
    else:
        cli.resume(experiment_class=experiment, **options)
    team.all_gather(None)  # nobody leaves while another may still need an answer
