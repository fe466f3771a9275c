"""A whole page of HTML that loads nothing."""

from html import escape
from importlib import resources

import parakeet


def make_document(title, parts, made_by, styles=(), scripts=()):
    """Put a page together.

    Args:
        title (str): of the window.
        parts (Iterable[str]): HTML, one under the other; empty ones are passed over.
        made_by (str): the command, for the last line.
        styles (Iterable[str]): style sheets of the page's own, after the one of all pages.
        scripts (Iterable[str]): scripts, run at its end.

    Returns:
        str: a document that shows itself in light and dark, on a screen and a telephone.
    """
    style = "\n".join([resource("parakeet.pages", "base.css"), *styles])
    script = f"\n<script>{''.join(scripts)}</script>" if scripts else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body><main>\n"
        + "\n".join(part for part in parts if part)
        + f"\n<footer>Made by <code>{escape(made_by)}</code>, parakeet {parakeet.__version__}. "
        f"This page holds all it shows; it loads nothing.</footer></main>{script}</body></html>\n"
    )


def resource(package, name):
    """Read a text that comes with parakeet.

    Args:
        package (str): the package that has it in its folder ``resources``.
        name (str): the file's name.

    Returns:
        str: its content.
    """
    return resources.files(package).joinpath("resources", name).read_text(encoding="utf-8")
