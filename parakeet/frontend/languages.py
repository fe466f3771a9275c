"""Which frontend reads a language."""

from pathlib import Path

from parakeet.errors import TextError
from parakeet.frontend.espeak_data import codes, unknown_language
from parakeet.requirements import require

_ENGLISH = ("en", "eng")
_MANDARIN = ("zh", "cmn", "zho", "chi")
_OTHER_CHINESE = ("zh-yue", "zh-hak")


def frontend_for(language):
    """Say which frontend reads a language, and with which options.

    Args:
        language (str): a code such as "en-US", "zh", "de", "pt_BR" or "fr-CA"; where a region has no voice of its own, its language's is
            taken.

    Returns:
        tuple[str, dict]: for :func:`~parakeet.frontend.load_frontend`: English and Mandarin have frontends of their own, every other
        language is eSpeak NG's.

    Raises:
        TextError: if no frontend reads the language, naming the nearest.
        MissingDependencyError: if eSpeak NG would, and isn't installed.
    """
    if not isinstance(language, str) or not language.strip():
        raise TextError(f"a language should be a code such as en, zh, de or pt-br, received {language!r}.")
    code = language.strip().replace("_", "-").lower()
    parts = code.split("-")
    if parts[0] in _ENGLISH:
        return "english", {}
    if parts[0] in _MANDARIN and code not in _OTHER_CHINESE:
        return "mandarin", {}
    loader = require("espeakng_loader", "espeak", f"Text in the language '{language}'")
    known = codes(Path(loader.get_data_path()))
    shortened = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
    found = next((known_code for short in shortened for known_code in known if known_code.lower() == short), None)
    if found is None:
        raise TextError(unknown_language(language, known))
    return "espeak", {"language": found}
