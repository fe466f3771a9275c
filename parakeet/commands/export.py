"""``parakeet export``."""

import click

from parakeet.commands.stopping import exit_on_sigterm
from parakeet.evaluation.terminal import in_words

_EXPORTED = ("onnx", "static")


@click.command()
@click.argument("voice", type=click.Path(file_okay=False))
@click.option("--engine", "engines", multiple=True, default=_EXPORTED, show_default=True, help="What to export to; may be repeated.")
def export(voice, engines):
    """Write engines into a packed VOICE that make it speak faster, after proving that they say the same.

    onnx is for onnxruntime, the fastest, which needs no Paddle; static is for paddle.inference. `parakeet speak` takes the fastest that
    is there by itself.
    """
    from parakeet.voice.engines.export import export_voice

    engines = list(dict.fromkeys(engines))
    click.echo(f"Exporting to {' and '.join(engines)}, and comparing with the models ...", err=True)
    with exit_on_sigterm():
        reports = export_voice(voice, engines)
    for name, report in reports.items():
        _print_parity(name, report)
    _print_speed(report)
    click.echo(f'{voice}: speaks with {" and ".join(reports)}. Hear it: parakeet speak "Good morning." --voice {voice}')


def _print_parity(name, report):
    click.echo(f"{name}: the largest differences from the models, over {len(report['parity'])} random lengths (durations are equal)")
    click.echo("  symbols  frames       mel    sound frames   numbers       wav")
    for row in report["parity"]:
        sound = f"{row['sound_frames']:12}  {row['numbers']:8.1e}  {row['wav']:8.1e}"
        click.echo(f"  {row['symbols']:7}  {row['frames']:6}  {row['mel']:8.1e}    {sound}")
    worst = {what: max(row[what] for row in report["parity"]) for what in ("mel", "numbers", "wav")}
    refused = f"{report['tolerance']:g} would be refused, {report['sound_tolerance']:g} of the sound"
    click.echo(f"  at most {worst['mel']:.1e}, {worst['numbers']:.1e} and {worst['wav']:.1e}; {refused}")


def _print_speed(report):
    click.echo(f"Speed, by turns, {in_words(report['threads'])}; median ms, and the first sentence of its length")
    click.echo("  engine    symbols  frames    first  acoustic  vocoder")
    for row in report["speed"]:
        times = "  ".join(f"{row[what] * 1e3:7.1f}" for what in ("first", "acoustic", "vocoder"))
        click.echo(f"  {row['engine']:8}  {row['symbols']:7}  {row['frames']:6}  {times}")
