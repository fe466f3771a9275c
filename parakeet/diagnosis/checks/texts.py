"""What can be wrong with texts, and between a text and its recording."""

from collections import Counter

from parakeet.diagnosis.checks.consistency import spread
from parakeet.diagnosis.findings import FIX, NOTE, Case, Check

MISMATCH, MISMATCH_SPREADS = 1.0, 4.0
"""A recording does not say its text if its score (nats a frame) is lower than usual in the corpus by this much, and by so many standard
deviations. Compared with its own corpus, a voice that the aligner knows little of is judged fairly."""
DRAWN = 0.65
"""Seconds that no sound of speech lasts: the aligner stretches one over what the text lacks. In 450 clean recordings of three voices the
longest was 0.61, and half of the texts without their last third had a longer one."""
EXTRA, EXTRA_SPREADS = 0.2, 8.0
"""Seconds of speech that no sound of the text accounts for, and the standard deviations by which they must stand out. In the same 450
there were 0.10 at most, and 0.30 of the synthetic voice, whose sounds the aligner places less well; without a third of the text some 1."""


def unspeakable(survey):
    """Texts that can't be read, as a whole or in words."""
    for u in survey.utterances:
        if u.reading is None:
            continue
        if u.reading.problem is not None:
            yield Case(u.utt_id, u.reading.problem)
        elif u.reading.left_out:
            words = ", ".join(map(repr, dict.fromkeys(u.reading.left_out)))
            yield Case(u.utt_id, f"the frontend can't speak {words}", len(u.reading.left_out))


def markup(survey):
    """Texts with what is no speech: tags, remarks, broken characters."""
    for u in survey.utterances:
        if u.reading is not None and u.reading.markup:
            yield Case(u.utt_id, f"{', '.join(dict.fromkeys(u.reading.markup))} in the text", len(u.reading.markup))


def odd(survey):
    """Texts with digits, symbols and abbreviations, which a speaker may say otherwise than they are read."""
    for u in survey.utterances:
        if u.reading is not None and u.reading.odd:
            spoken = " ".join(word.word for word in u.reading.words if word.phones and word.source != "punctuation")
            yield Case(
                u.utt_id, f"{', '.join(dict.fromkeys(u.reading.odd))} is read as in: {spoken}", len(u.reading.odd)
            )


def guessed(survey):
    """Words whose pronunciation was guessed from their letters."""
    for u in survey.utterances:
        if u.reading is not None and u.reading.guessed:
            phones = {word.word: " ".join(word.phones) for word in u.reading.words}
            words = ", ".join(f"{word} ({phones[word]})" for word in dict.fromkeys(u.reading.guessed))
            yield Case(u.utt_id, f"guessed: {words}", len(u.reading.guessed))


def guessed_words(survey):
    """Counter: the words whose pronunciation was guessed, with how often they occur."""
    return Counter(word for u in survey.utterances if u.reading is not None for word in u.reading.guessed)


def least_score(survey):
    """float | None: the score under which a recording of this corpus does not say its text; None where nothing was matched."""
    scores = [u.fit.score for u in survey.utterances if u.fit is not None and u.fit.score is not None]
    if not scores:
        return None
    usual, deviation = spread(scores)
    return usual - max(MISMATCH, MISMATCH_SPREADS * deviation)


def most_extra(survey):
    """float: seconds of speech without a sound of the text that are still usual in this corpus."""
    extras = [u.fit.extra for u in survey.utterances if u.fit is not None and u.fit.score is not None]
    usual, deviation = spread(extras or [0.0])
    return max(EXTRA, usual + EXTRA_SPREADS * deviation)


def mismatched(survey):
    """Recordings that don't say their text."""
    least, most = least_score(survey), most_extra(survey)
    for u in survey.utterances:
        if u.fit is None:
            continue
        if u.fit.score is None:
            yield Case(u.utt_id, u.fit.failure, 100.0)
        elif u.fit.score < least:
            yield Case(
                u.utt_id,
                f"fits its text with {u.fit.score:.1f}; {least:.1f} is the least to expect",
                -u.fit.score,
                u.fit.worst_at,
            )
        elif u.fit.extra > most:
            detail = f"{u.fit.extra:.1f} s of speech, from {u.fit.extra_at:.1f} s on, are not in the text"
            yield Case(u.utt_id, detail, u.fit.extra, u.fit.extra_at)
        elif u.fit.drawn > DRAWN:
            yield Case(
                u.utt_id,
                f"one sound lasts {u.fit.drawn:.1f} s: the text lacks what is spoken there",
                u.fit.drawn,
                u.fit.drawn_at,
            )


CHECKS = (
    Check(
        "mismatch", "Says something else than its text", FIX,
        "A wrong text is the worst a model can be taught: letters and sounds seem to have nothing to do with each other, and it mumbles.",
        "Listen, and write what is spoken; or leave these out. Many in a row are a table that slipped by a line.",
        mismatched,
    ),
    Check(
        "unspeakable", "Words that can't be spoken", FIX,
        "What the frontend leaves out is heard in the recording and missing from the phones: the rest is aligned with the wrong sounds.",
        "Write these words in the language's own script, or put them into a lexicon; prepare leaves such texts out.",
        unspeakable,
    ),
    Check(
        "markup", "Marks that nobody speaks", FIX,
        "Tags and remarks are read aloud as words, or left out while something else is heard.",
        "Remove them from the text. If they stand for a sound (a laugh, a cough), leave the recording out.",
        markup,
    ),
    Check(
        "digits", "Digits, symbols, abbreviations", NOTE,
        "'1905' may be spoken in several ways. The text is read in one; where the speaker chose another, the phones are wrong.",
        "Compare some with what is heard, and write out as words what differs.",
        odd,
    ),
    Check(
        "guessed", "Words unknown to the dictionary", NOTE,
        "Names and foreign words are guessed from their letters, and a wrong guess is taught as it is.",
        "Put those that are guessed wrongly into a lexicon: prepare ... lexicon=words.txt.",
        guessed,
    ),
)  # fmt: skip
