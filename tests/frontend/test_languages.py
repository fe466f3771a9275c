import importlib.util
import sys

import pytest

from parakeet.errors import MissingDependencyError, TextError
from parakeet.frontend import frontend_for, load_frontend

needs_espeak = pytest.mark.skipif(
    importlib.util.find_spec("espeakng_loader") is None, reason="needs the wheel espeakng-loader (GPL-3)"
)


@pytest.mark.parametrize(
    ("language", "frontend"),
    [("en", "english"), ("en-US", "english"), ("en_GB", "english"), ("EN", "english"), ("zh", "mandarin"), ("zh-CN", "mandarin"),
     ("cmn", "mandarin"), ("zh_TW", "mandarin")],
)  # fmt: skip
def test_english_and_mandarin_have_frontends_of_their_own(language, frontend, monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    assert frontend_for(language) == (frontend, {})


@needs_espeak
@pytest.mark.parametrize(
    ("language", "code"),
    [("de", "de"), ("de-AT", "de"), ("fr", "fr"), ("fr-CA", "fr"), ("fr-CH", "fr-ch"), ("pt_BR", "pt-br"), ("pt", "pt"), ("es-MX", "es-mx"),
     ("zh-yue", "zh-yue"), ("yue", "yue"), ("ru", "ru")],
)  # fmt: skip
def test_every_other_language_is_espeaks_and_a_region_without_a_voice_takes_the_languages(language, code):
    assert frontend_for(language) == ("espeak", {"language": code})
    name, options = frontend_for(language)
    assert load_frontend(name, **options).language == code


@needs_espeak
@pytest.mark.parametrize(
    ("language", "meant"), [("german", "de"), ("Russian", "ru"), ("dee", "de"), ("portuguese", "pt"), ("xx-YY", None), ("ger", None)]
)
def test_a_language_that_nobody_speaks_is_refused_with_the_nearest(language, meant):
    with pytest.raises(TextError, match=rf"eSpeak NG can't speak '{language}': .* is none of its \d+ languages\.") as caught:
        frontend_for(language)
    assert meant is None or f"Did you mean {meant!r}?" in str(caught.value)


@pytest.mark.parametrize("language", ["", " ", None, 7])
def test_what_is_no_code_is_refused(language):
    with pytest.raises(TextError, match="a language should be a code such as en, zh, de or pt-br"):
        frontend_for(language)


def test_without_the_wheel_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(MissingDependencyError, match=r"Text in the language 'de' needs .*pip install \"parakeet-tts\[espeak\]\""):
        frontend_for("de")
