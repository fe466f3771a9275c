"""``parakeet doctor``."""

import sys

import click


@click.command()
def doctor():
    """Check the installation, and what makes this processor fast; exits with 1 if something is wrong."""
    from parakeet.doctor import examine, render

    click.echo("Examining the installation and the processor, some ten seconds ...", err=True)
    report = examine()
    click.echo(render(report))
    sys.exit(report.exit_code)
