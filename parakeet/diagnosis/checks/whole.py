"""What is wrong with a corpus as a whole: copies, leaks, speakers with too little."""

from collections import defaultdict

from parakeet.datasets.corpus import text_key
from parakeet.diagnosis.findings import FIX, LISTEN, NOTE, Case, Check, in_words

SPEAKER_MINUTES = 2.0
"""Minutes of speech under which a speaker of several is not learnt as a voice of its own; VCTK's have some 20."""


def _spans(first, second):
    """Whether training would meet what it is measured by."""
    return first.split != second.split and "train" in (first.split, second.split)


def duplicates(survey):
    """Recordings that are there twice, in the same split."""
    for first, second in survey.twins:
        if not _spans(first, second):
            same = "and the same text" if text_key(first.text) == text_key(second.text) else "with ANOTHER text"
            yield Case(
                second.utt_id, f"the same sound as {first.utt_id}, {same}", float("ANOTHER" in same), other=first.utt_id
            )


def leaks(survey):
    """Recordings held out that training knows: the same sound, or the same words."""
    told = set()
    for first, second in survey.twins:
        if _spans(first, second):
            held, known = (first, second) if second.split == "train" else (second, first)
            told.add(held.utt_id)
            yield Case(
                held.utt_id, f"held out ({held.split}), and trained on as {known.utt_id}", 2.0, other=known.utt_id
            )
    trained = {}
    for u in survey.utterances:
        if u.split == "train":
            trained.setdefault(text_key(u.text), u)
    for u in survey.utterances:
        known = trained.get(text_key(u.text))
        if u.split != "train" and known is not None and u.utt_id not in told:
            yield Case(
                u.utt_id,
                f"its words are held out ({u.split}), and trained on in {known.utt_id}",
                1.0,
                other=known.utt_id,
            )


def same_text(survey):
    """Texts that were recorded more than once."""
    groups = defaultdict(list)
    for u in survey.utterances:
        groups[text_key(u.text)].append(u)
    for group in groups.values():
        for u in group[1:]:
            yield Case(u.utt_id, f"the same words as {group[0].utt_id}", len(group), other=group[0].utt_id)


def speaker_seconds(survey):
    """dict[str, float]: seconds of speech of each speaker, in the order in which they come."""
    seconds = defaultdict(float)
    for u in survey.heard:
        seconds[u.speaker] += u.sound.speech_seconds
    return dict(seconds)


def small_speakers(survey):
    """Speakers, of several, with too little speech; the first recording of each stands for all."""
    seconds = speaker_seconds(survey)
    if len(seconds) < 2:
        return
    first = {}
    for u in survey.heard:
        first.setdefault(u.speaker, u.utt_id)
    for speaker, total in seconds.items():
        if total < 60 * SPEAKER_MINUTES:
            yield Case(
                first[speaker],
                f"speaker {speaker} has {in_words(total)} of speech, less than {SPEAKER_MINUTES:g} min",
                -total,
            )


CHECKS = (
    Check(
        "leak", "Held out, and trained on", FIX,
        "What is measured on them says nothing: the model has seen them, and the best snapshot is chosen by memory instead of skill.",
        "Give all recordings of one text the same split, or let parakeet split by text: leave the column 'split' out.",
        leaks,
    ),
    Check(
        "duplicate", "Same sound twice", FIX,
        "A copy counts twice in training. With another text it teaches that one sound is two things.",
        "Keep one of each pair; where the texts differ, keep the one that is spoken.",
        duplicates,
    ),
    Check(
        "speaker", "Speaker with too little speech", LISTEN,
        "A speaker of a minute is not learnt as a voice; training spends time on it and other voices take on its traits.",
        "Record more of this speaker, or leave it out.",
        small_speakers,
    ),
    Check(
        "takes", "Same words as another", NOTE,
        "Takes of one sentence are good for a voice's variety; they add no new words.",
        "Nothing, as long as they are all in the same split.",
        same_text,
    ),
)  # fmt: skip
