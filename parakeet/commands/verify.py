"""``parakeet verify``."""

import sys

import click


@click.command()
@click.argument("models", nargs=-1, metavar="[MODEL]...")
def verify(models):
    """Hold each MODEL against its paper: counts, invertibility, causality, receptive field, what padding does; `all` for every model.

    Prints what is expected beside what is measured, and who promises it. Without arguments, tells which models have checks. Exit code 1
    means that a check does not hold.
    """
    from parakeet.verification import checks_of, verified_models

    if not models:
        click.echo("\n".join(f"{name}  ({len(checks_of(name))} checks)" for name in verified_models()))
        return
    chosen = {name: checks_of(name) for name in (verified_models() if models == ("all",) else models)}
    verdicts = [verdict for name, checks in chosen.items() for verdict in _verify(name, checks)]
    if len(chosen) > 1:
        click.echo(_sum(f"all {len(chosen)} models", verdicts))
    sys.exit(0 if all(verdict.holds for verdict in verdicts) else 1)


def _verify(name, checks):
    """Run the checks of a model, each told when it is done; gives the verdicts."""
    from parakeet.verification.check import run_check, told

    click.echo(name)
    names, promises = (max(len(text) for text in texts) for texts in zip(*((c.name, c.promise) for c in checks), strict=True))
    verdicts = []
    for check in checks:
        verdict = run_check(check)
        verdicts.append(verdict)
        word = "holds" if verdict.holds else "FAILS"
        measured = told(verdict.measured)
        click.echo(f"  {word}  {check.name:{names}}  expected {check.promise:{promises}}  measured {measured:12}  {check.source}")
    click.echo(_sum(name, verdicts) + "\n")
    return verdicts


def _sum(name, verdicts):
    held, seconds = sum(verdict.holds for verdict in verdicts), sum(verdict.seconds for verdict in verdicts)
    return f"{name}: {held} of {len(verdicts)} checks hold ({seconds:.1f} s)"
