"""``parakeet text``."""

import click


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--language", help="A code such as zh, de or pt-br; English when not given.")
@click.option("--frontend", "frontend_name", help="english, mandarin or espeak; the language's own when not given.")
@click.option("--lexicon", type=click.Path(dir_okay=False), help="Pronunciations that win over every other.")
@click.option("--explain", is_flag=True, help="Every piece: as written, as spoken, its phones, and where those come from.")
def text(text, language, frontend_name, lexicon, explain):
    """Show how a TEXT is read: the words that are spoken and their phones."""
    from parakeet.frontend import frontend_for, load_frontend

    if language is None:
        name, options = "english" if frontend_name is None else frontend_name, {}
    else:
        name, options = frontend_for(language) if frontend_name is None else (frontend_name, {"language": language})
    frontend, written = load_frontend(name, lexicon=lexicon, **options), " ".join(text)
    if not explain:
        click.echo(frontend.normalize(written))
        click.echo(" ".join(frontend.phones(written)))
        return
    rows = [("written", "spoken", "phones", "from")]
    rows += frontend_rows(frontend, written)
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        click.echo("  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[3]]).rstrip())


def frontend_rows(frontend, written):
    """The rows of a table, one for each spoken word: as written (once for each piece), as spoken, phones, source.

    Args:
        frontend (object): of ``parakeet.frontend.load_frontend``; those without ``explain`` don't tell what was written.
        written (str): the text.

    Returns:
        list[tuple[str, str, str, str]]
    """
    if not hasattr(frontend, "explain"):
        return [("", word.word, " ".join(word.phones), word.source) for word in frontend.words(written)]
    rows, last = [], None
    for row in frontend.explain(written):
        piece = row["start"], row["end"]
        raw = row["raw"] if piece != last else ""
        rows.append((raw, row["word"] or "", " ".join(row["phones"]), row["source"]))
        last = piece
    return rows
