"""``parakeet doctor``."""

import json
import sys
from pathlib import Path

import click

from parakeet.commands.progress import Progress
from parakeet.commands.stopping import exit_on_sigterm


@click.command()
@click.argument("data", required=False, type=click.Path(file_okay=False))
@click.option("--quick", is_flag=True, help="Don't compare recordings with their texts, which takes most of the time.")
@click.option("--output", type=click.Path(dir_okay=False), help="The page; doctor-NAME.html here when not given.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print everything as json, and write a page only where --output says so."
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes; one for each core when not given.")
@click.option("--layout", help="The corpus' layout, where it isn't recognised.")
@click.option("--language", help="The language of its texts, such as en; English when neither you nor the corpus say.")
def doctor(data, quick, output, as_json, workers, layout, language):
    """Check the installation; with DATA, a corpus: will it train, and what to mend first?

    DATA is what `parakeet prepare` takes (a published corpus, or a folder of recordings with their texts), or what it made. Besides the
    summary a page (HTML) is written, with pictures and recordings to listen to.

    The exit code is 0 if nothing has to be mended, 1 if something has to, 2 if it can't be examined.
    """
    if data is not None:
        sys.exit(_examine_data(data, quick, output, as_json, workers, layout, language))
    given = {
        "--quick": quick,
        "--output": output,
        "--json": as_json,
        "--workers": workers,
        "--layout": layout,
        "--language": language,
    }
    for option, value in given.items():
        if value:
            raise click.UsageError(f"{option} is for DATA, and none is given: parakeet doctor DATA {option}")
    from parakeet.doctor import examine, render

    click.echo("Examining the installation and the processor, some ten seconds ...", err=True)
    report = examine()
    click.echo(render(report))
    sys.exit(report.exit_code)


def _examine_data(data, quick, output, as_json, workers, layout, language):
    from parakeet.diagnosis import terminal
    from parakeet.diagnosis.diagnose import diagnose
    from parakeet.diagnosis.page import make_page
    from parakeet.errors import DataError
    from parakeet.files import write_whole

    page = (
        Path(f"doctor-{Path(data).resolve().name}.html") if output is None and not as_json else output and Path(output)
    )
    if page is not None and not page.absolute().parent.is_dir():
        raise DataError(
            f"{page}: there is no folder {page.parent} for the page. Make it, or give another place with --output."
        )
    with Progress() as progress, exit_on_sigterm():
        diagnosis = diagnose(data, quick, workers, progress, layout, language)
    click.echo(
        json.dumps(terminal.as_json(diagnosis), ensure_ascii=False, indent=1) if as_json else terminal.render(diagnosis)
    )
    if page is not None:
        try:
            write_whole(page, make_page(diagnosis))
        except OSError as error:
            raise DataError(
                f"{page}: can't be written: {error.strerror}. Check the rights and the free space there."
            ) from error
        click.echo(f"\nTo look and listen: {page.absolute()}", err=as_json)
    return diagnosis.exit_code
