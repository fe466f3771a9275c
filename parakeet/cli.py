"""The ``parakeet`` command: a table of commands, each imported when it is asked for, so that help answers at once."""

import os
import signal
import sys
import warnings
from importlib import import_module

import click

import parakeet
from parakeet.errors import ParakeetError

# name: (module in parakeet.commands, the line shown by --help). The help stands here so that --help imports no command.
COMMANDS = {
    "corpus": ("corpus", "Build a demo corpus of speech on this machine."),
    "prepare": ("prepare", "Turn a corpus into spectra, pitch, phones and durations."),
    "example": ("example", "Copy one of parakeet's experiments, to train and to change."),
    "train": ("train", "Train a voice: an experiment, a configuration, data."),
    "resume": ("train", "Go on with a run from its newest valid snapshot."),
    "verify-resume": ("verify_resume", "Prove that runs of an experiment resume: kill, resume, compare."),
    "verify": ("verify", "Hold the models against their papers: expected beside measured."),
    "overfit": ("overfit", "See whether a model can learn a few utterances by heart, and how well."),
    "replay": ("replay", "Make a step that went wrong once more, and see where it began."),
    "speak": ("speak", "Speak a text, with the voice that came along or with yours."),
    "pack": ("pack", "Make of a run a voice: one folder that can be copied anywhere."),
    "export": ("export", "Give a packed voice faster engines, proven to say the same."),
    "predict": ("predict", "Write the spectra a model makes of its data, to tune a vocoder on."),
    "evaluate": ("evaluate", "Give a voice a report card: understood, pleasant, alike, fast."),
    "text": ("text", "Show how a text is read: words, phones, where they come from."),
    "dashboard": ("dashboard", "Watch a run in the browser (VisualDL)."),
    "doctor": ("doctor", "Check the installation, or a corpus: will it train, what to mend first."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, and whose errors are read by people."""

    def list_commands(self, ctx):
        """The names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx, name):
        """Import the command of that name."""
        if name not in COMMANDS:
            return None
        return getattr(import_module(f"parakeet.commands.{COMMANDS[name][0]}"), name.replace("-", "_"))

    def resolve_command(self, ctx, args):
        """As click does, with a guess at what was meant."""
        from parakeet.errors import nearest

        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"No such command '{args[0]}'.{nearest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx, formatter):
        """The table above, without importing a thing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(parakeet.__version__, "-V", "--version", prog_name="parakeet")
def cli():
    """Text-to-speech you can train: from recordings to a voice.

    \b
    A voice in five commands:
      parakeet corpus allison data/allison
      parakeet prepare data/allison data/prepared
      parakeet example speedyspeech recipe
      parakeet train recipe/train.py --config recipe/configs/demo.yaml --data data/prepared --output runs/first
      parakeet speak "Thank you for calling." --voice runs/first
    """


def main():
    """Run the command line; a person's mistake is told in its own words, without a traceback."""
    from parakeet.cpu import tune_cpu

    tune_cpu()
    warnings.formatwarning = _in_one_line
    try:
        code = cli.main(prog_name="parakeet", standalone_mode=False)
    except ParakeetError as error:
        click.echo(f"error: {error}", err=True)
        code = 2
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read the output has gone; what is left in the buffer must not complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141  # the shell's for SIGPIPE
    sys.exit(code)


def _in_one_line(message, *_):
    """A warning for people: where in the source it was raised is nothing to them."""
    return f"warning: {message}\n"


if __name__ == "__main__":
    main()
