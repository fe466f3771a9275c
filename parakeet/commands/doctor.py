"""``parakeet doctor``."""

import sys

import click


@click.command()
@click.option("--folder", type=click.Path(file_okay=False), default=".", help="Where runs will be written: its disk is looked at.")
def doctor(folder):
    """Check the installation, and what makes this processor fast; exits with 1 if something is wrong."""
    from parakeet.doctor import examine, render

    report = examine(folder)
    click.echo(render(report))
    sys.exit(report.exit_code)
