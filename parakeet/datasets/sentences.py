"""Sentences to read, to listen to and to synthesise: the project's own list."""

from importlib import resources


def english_sentences():
    """Give the project's own English sentences (Apache-2.0), varied in words and rich in phones.

    Returns:
        list[str]: more than a thousand different sentences of 4 to 16 words, plain ASCII, numbers spelled out.
    """
    text = resources.files(__package__).joinpath("resources/sentences_en.txt").read_text(encoding="ascii")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
