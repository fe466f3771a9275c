"""A voice from its parts: what it says, when, how it streams, from many threads, and what it refuses."""

import io
import itertools
import json
import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import paddle
import pytest
import soundfile
from making_voices import describe, last_for, make_run

from parakeet.checkpoint import SnapshotStore
from parakeet.errors import DataError, SnapshotError, TextError
from parakeet.frontend import load_frontend
from parakeet.voice import Control, Voice
from parakeet.voice.engines.dynamic import dynamic_engine
from parakeet.voice.weights import set_weights

TEXT = "One. Two three, really! Was it $5?"


@pytest.fixture(scope="module")
def voice(packed):
    return Voice.load(packed)


def test_a_voice_reads_texts_with_the_options_it_was_prepared_with():
    pytest.importorskip("espeakng_loader", reason="needs the espeakng-loader wheel")
    german = load_frontend("espeak", language="de")
    description = describe(frontend="espeak", frontend_options={"language": "de"}, symbols=["sil", *german.symbols])
    voice = Voice(description, dynamic_engine(description, description.build_acoustic()))
    assert voice.phones("Ich auch. Ja?") == [["sil", *german.phones("Ich auch.")], ["sil", *german.phones("Ja?")]]


def test_speech_fits_its_durations_and_repeats_itself_to_the_byte(packed, voice):
    speech = voice.speak(TEXT)
    assert speech.durations.sum() == len(speech.mel)
    assert len(speech.wav) == len(speech.mel) * 256
    assert len(speech.phones) == len(speech.durations)
    assert speech.seconds == len(speech.wav) / 16000
    first, again = io.BytesIO(), io.BytesIO()
    speech.save(first)
    Voice.load(packed).speak(TEXT).save(again)
    assert first.getvalue() == again.getvalue()


def test_griffin_lim_repeats_itself_with_its_seed_and_not_with_another(run):
    voice = Voice.load(run)
    np.testing.assert_array_equal(voice.speak("One.", seed=3).wav, voice.speak("One.", seed=3).wav)
    assert np.abs(voice.speak("One.", seed=3).wav - voice.speak("One.", seed=4).wav).max() > 1e-3


def test_each_sentence_is_spoken_by_itself_with_a_pause_between(voice):
    both = voice.speak("One. Two three?", pause=0.5)
    first, second = voice.speak("One."), voice.speak("Two three?")
    frames = round(0.5 * 16000 / 256)
    np.testing.assert_array_equal(both.wav, np.concatenate([first.wav, np.zeros(frames * 256, np.float32), second.wav]))
    assert both.phones == [*first.phones, "sil", *second.phones]
    assert both.durations.tolist() == [*first.durations, frames, *second.durations]
    assert np.all(both.mel[len(first.mel) : len(first.mel) + frames] == np.float32(np.log(1e-5)))
    assert len(voice.speak("One. Two three?", pause=0).wav) == len(first.wav) + len(second.wav)


def test_the_spans_of_the_phones_cover_the_sound_and_those_of_the_words_lie_in_it(voice):
    speech = voice.speak(TEXT)
    spans = speech.phone_spans
    assert [span.name for span in spans] == speech.phones
    assert spans[0].first_sample == 0
    assert all(before.end_sample == after.first_sample for before, after in itertools.pairwise(spans))
    assert spans[-1].end_sample == len(speech.wav)
    assert [word.name for word in speech.words] == ["one", "two", "three", "really", "was", "it", "five", "dollars"]
    borders = {span.first_sample for span in spans} | {len(speech.wav)}
    for word in speech.words:
        assert word.first_sample < word.end_sample
        assert {word.first_sample, word.end_sample} <= borders
    two = next(word for word in speech.words if word.name == "two")
    inside = [span.name for span in spans if two.first_sample <= span.first_sample < two.end_sample]
    assert inside == ["T", "UW1"]


def test_timestamps_are_seconds_ready_for_json(voice):
    speech = voice.speak("One two.")
    stamps = json.loads(json.dumps(speech.timestamps()))
    assert [word["name"] for word in stamps["words"]] == ["one", "two"]
    assert stamps["phones"][-1]["end"] == pytest.approx(speech.seconds)
    assert stamps["words"][0]["start"] == speech.words[0].first_sample / 16000


def test_a_stream_is_the_speech_in_growing_pieces(voice):
    text = "One two three four five six seven eight nine ten. Eleven! Twelve, thirteen?"
    chunks = list(voice.stream(text, pause=0.4))
    assert len(chunks[0]) == 16 * 256
    assert len(chunks) > 4
    assert all(chunk.dtype == np.float32 and chunk.ndim == 1 and len(chunk) for chunk in chunks)
    np.testing.assert_allclose(np.concatenate(chunks), voice.speak(text, pause=0.4).wav, atol=1e-5)


def test_griffin_lim_streams_a_sentence_at_a_time(run):
    voice = Voice.load(run)
    chunks = list(voice.stream("One. Two.", pause=0))
    assert len(chunks) == 2
    np.testing.assert_array_equal(np.concatenate(chunks), voice.speak("One. Two.", pause=0).wav)


def test_sentences_together_are_the_speech(voice):
    parts, speech = list(voice.sentences(TEXT)), voice.speak(TEXT)
    assert len(parts) == 3
    np.testing.assert_array_equal(np.concatenate([part.wav for part in parts]), speech.wav)
    assert [word.name for part in parts for word in part.words] == [word.name for word in speech.words]


def most_memory():
    """Bytes of memory that this process ever had (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_book_sounds_at_once_and_is_never_there_as_a_whole(voice):
    book = "She had peeped into the book her sister was reading. It had no pictures or conversations in it at all, sister! " * 20_000
    chunks = voice.stream(book)
    for _ in range(20):
        next(chunks)
    before = most_memory()
    for _ in range(60):
        next(chunks)
    assert len(book) > 2_000_000
    assert most_memory() - before < 10_000_000


def test_a_slower_rate_lasts_longer_and_a_slower_word_alone_does(voice):
    plain = voice.speak("One two three.")
    assert voice.speak("One two three.", rate=0.5).durations.sum() > 1.5 * plain.durations.sum()
    slow = voice.speak("One two three.", words={"two": Control(rate=0.4)})
    lengths = [[word.end_sample - word.first_sample for word in speech.words] for speech in (plain, slow)]
    assert lengths[1][1] > 1.5 * lengths[0][1]
    assert (lengths[1][0], lengths[1][2]) == (lengths[0][0], lengths[0][2])


@pytest.mark.parametrize("control", ["pitch_shift", "energy_shift"])
def test_pitch_and_energy_change_the_spectrum_of_the_whole_or_of_a_word(voice, control):
    plain, all_of_it = voice.speak("One two three."), voice.speak("One two three.", **{control: 2.0})
    word = voice.speak("One two three.", words={2: Control(**{control: 2.0})})
    assert np.abs(all_of_it.mel - plain.mel).max() > 1e-4
    assert np.abs(word.mel - plain.mel)[-3:].max() > 1e-4
    np.testing.assert_array_equal(word.mel[:2], plain.mel[:2])


def test_what_is_refused_is_refused_at_the_call_even_of_a_stream(voice):
    for say in (voice.speak, voice.stream, voice.sentences):
        with pytest.raises(TextError, match="nothing to speak"):
            say("   ")
        with pytest.raises(DataError, match="rate: expected a number from 0.1 to 10, received 0"):
            say("One.", rate=0)
        with pytest.raises(DataError, match="'four' is not spoken in this text"):
            say("One. Two. Three.", words={"four": Control(rate=0.5)})
        with pytest.raises(TypeError, match="speed"):
            say("One.", speed=2)


def test_sixteen_threads_get_the_bytes_that_one_gets(voice):
    texts = [f"Number {n}. No more{'!' * (n % 2)}" for n in range(16)]
    alone = [voice.speak(text).wav for text in texts]
    streamed = [np.concatenate(list(voice.stream(text))) for text in texts]
    start = threading.Barrier(16)

    def say(text):
        start.wait(30)
        return voice.speak(text).wav, np.concatenate(list(voice.stream(text)))

    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(say, texts))
    for expected, chunks, (wav, streamed_wav) in zip(alone, streamed, together, strict=True):
        assert wav.tobytes() == expected.tobytes()
        assert streamed_wav.tobytes() == chunks.tobytes()


def test_memory_is_flat_over_many_requests(voice):
    def request(n):
        voice.speak(f"Request {n % 10}.")
        list(voice.stream(f"Request {n % 10}."))

    for n in range(20):
        request(n)
    before = most_memory()
    for n in range(100):
        request(n)
    assert most_memory() < 1.02 * before


def test_a_model_lent_by_a_training_loop_is_given_back_in_its_mode():
    description = describe()
    model = description.build_acoustic()
    voice = Voice(description, dynamic_engine(description, model))
    model.train()
    voice.speak("One.")
    assert model.training


def test_a_lexicon_wins_over_the_dictionary(run, tmp_path):
    (tmp_path / "words.txt").write_text("one  T UW1\n")
    assert Voice.load(run, lexicon=tmp_path / "words.txt").phones("One.") == [["sil", "T", "UW1", "."]]


def test_a_run_without_a_snapshot_says_how_to_get_one(tmp_path):
    describe().save(tmp_path)
    with pytest.raises(SnapshotError, match=f"no valid snapshot yet.*parakeet resume {tmp_path}"):
        Voice.load(tmp_path)


def test_a_spectrum_that_is_no_numbers_is_refused():
    description = describe()
    model = description.build_acoustic()
    last_for(model, 4)
    model.output.bias.set_value(paddle.full_like(model.output.bias, float("nan")))
    voice = Voice(description, dynamic_engine(description, model))
    with pytest.raises(DataError, match="gives a spectrum that is no numbers"):
        voice.speak("One.")


def test_a_voice_whose_sounds_last_no_time_says_nothing(tmp_path):
    run = make_run(tmp_path / "run")
    description = describe()
    model = description.build_acoustic()
    last_for(model, 0)
    SnapshotStore(run / "snapshots").save(2, {"models": {"main": model.state_dict()}})
    voice = Voice.load(run)
    speech = voice.speak("One.")
    assert (len(speech.wav), speech.seconds, len(speech.phones)) == (0, 0, 5)
    assert speech.phone_spans[-1].end_sample == 0
    assert [len(chunk) for chunk in voice.stream("One. Two.", pause=0.16)] == [10 * 256]
    speech.save(tmp_path / "a.wav")
    assert soundfile.read(tmp_path / "a.wav")[0].size == 0


def test_an_engine_that_is_not_there_is_named(packed):
    with pytest.raises(DataError, match="no engine 'dinamic'.*Did you mean 'dynamic'"):
        Voice.load(packed, engine="dinamic")


def test_weights_that_do_not_fit_are_named_instead_of_skipped():
    model = describe().build_acoustic()
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    weights["stranger"] = weights.pop("energy_embedding.bias")
    weights["energy_embedding.weight"] = weights["energy_embedding.weight"][:3]
    with pytest.raises(DataError) as caught:
        set_weights(model, weights, "a snapshot")
    text = str(caught.value)
    assert "missing 'energy_embedding.bias'" in text
    assert "unexpected 'stranger'" in text
    assert "'energy_embedding.weight' has shape [3, 1, 3], expected [16, 1, 3]" in text
