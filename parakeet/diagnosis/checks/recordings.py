"""What can be wrong with one recording by itself."""

from parakeet.diagnosis.findings import FIX, LISTEN, NOTE, Case, Check
from parakeet.diagnosis.signal import decibels
from parakeet.diagnosis.sound import CANCELLING
from parakeet.preparation.settings import PrepareConfig

FLAT_PEAKS = 3
"""Flat peaks from which a recording is clipped; none of the clean corpora has one."""
NOISY = 18.0
"""dB between speech and noise below which the noise is heard in the voice. Of the clean corpora two recordings have less, most have 33 and
more; models trained on less than 15 dB learn to hiss."""
OFFSET = -20.0
"""dB between the offset and the speech: a tenth. The clean corpora have -30 at most."""
HUM = -32.0
"""dB between the mains' tones and the speech; audible in every pause. The clean corpora have -34 at most."""
EDGE = 1.5
"""Seconds of silence at one end; the clean corpora have 1.2 at most."""
PAUSE = 1.5
"""Seconds without speech inside a recording; the clean corpora have 0.92 at most."""
CUT = -9.0
"""dB over the speech's level from which a first or last moment (10 ms) was cut off; the last ones of the clean corpora have -10 at most."""
HABIT = 0.25
"""Share of the recordings that begin so loud, or have holes of digital silence, from which that is the corpus' manner, as a synthesizer's,
and no accident."""
STEREO = -40.0
"""dB between what two channels don't share and the sound; under it they are copies of each other (kathleen's original: -68)."""


def unusable(survey):
    """What the corpus' reader left out; what a builder of parakeet's left out on purpose is no fault."""
    if not survey.built:
        yield from (Case(record["utt_id"], record["reason"]) for record in survey.rejected)


def unreadable(survey):
    """Recordings that can't be read."""
    for u in survey.utterances:
        if u.problem is not None:
            yield Case(u.utt_id, u.problem.replace(f"{survey.directory}/", ""))


def silent(survey):
    """Recordings in which nothing could be speech."""
    for u in survey.utterances:
        if u.sound is not None and u.sound.silent:
            yield Case(
                u.utt_id, f"its peak is {u.sound.peak:.1%} of full scale, and nothing in it stands out as speech does"
            )


def clipped(survey):
    """Recordings whose peaks are cut off."""
    for u in survey.heard:
        if u.sound.flat_peaks >= FLAT_PEAKS:
            level = f"at {u.sound.peak:.0%} of full scale"
            yield Case(
                u.utt_id, f"{u.sound.flat_peaks} peaks are cut off flat {level}", u.sound.flat_peaks, u.sound.flat_at
            )


_STARTS = ("begins", lambda sound: sound.start_level > CUT)
_ENDS = ("ends", lambda sound: sound.end_level > CUT)


def manners(survey):
    """Say which faults can't be told in a corpus because most of it has what would be one: dict of a name to the reason."""
    found = {}
    for name, what, is_so in (
        ("dropouts", "holes in the sound, as so many recordings fall silent all at once", lambda sound: sound.gaps > 0),
        ("begins", "beginnings that are cut off, as so many recordings begin at once", _STARTS[1]),
        ("ends", "ends that are cut off, as so many recordings end at once", _ENDS[1]),
    ):
        if sum(is_so(u.sound) for u in survey.heard) > HABIT * len(survey.heard):
            found[name] = what
    return found


def dropouts(survey):
    """Recordings that stop dead for a moment in the middle of speech."""
    for u in survey.heard:
        if u.sound.gaps and "dropouts" not in survey.not_judged:
            times = "once" if u.sound.gaps == 1 else f"{u.sound.gaps} times"
            detail = f"the sound stops dead {times}, first at {u.sound.gap_at:.2f} s"
            yield Case(u.utt_id, detail, u.sound.gaps, u.sound.gap_at)


def channels_differ(survey):
    """Recordings of several channels that are not copies of each other."""
    for u in survey.heard:
        if u.sound.channels > 1 and u.sound.channel_difference > STEREO:
            difference = u.sound.channel_difference
            detail = f"{u.sound.channels} channels; what they don't share is {-difference:.0f} dB under the sound"
            if difference > CANCELLING:
                detail = (
                    f"{u.sound.channels} channels that cancel one another: mixed, little of the voice would be left"
                )
            yield Case(u.utt_id, detail, difference)


def several_channels(survey):
    """Recordings of several channels that are alike."""
    for u in survey.heard:
        if u.sound.channels > 1 and u.sound.channel_difference <= STEREO:
            yield Case(u.utt_id, f"{u.sound.channels} channels of the same sound")


def length(survey):
    """Recordings shorter or longer than prepare takes."""
    limits = PrepareConfig()
    for u in survey.heard:
        seconds = u.sound.seconds
        if seconds < limits.min_seconds:
            yield Case(u.utt_id, f"lasts {seconds:.2f} s, less than {limits.min_seconds:g} s", 1 / seconds)
        elif seconds > limits.max_seconds:
            yield Case(u.utt_id, f"lasts {seconds:.1f} s, more than {limits.max_seconds:g} s", seconds)


def noisy(survey):
    """Recordings with a steady noise under the voice."""
    for u in survey.heard:
        if u.sound.snr < NOISY:
            yield Case(u.utt_id, f"the noise is {max(u.sound.snr, 0):.0f} dB under the voice", -u.sound.snr)


def humming(survey):
    """Recordings with the mains' hum in them."""
    for u in survey.heard:
        if u.sound.hum > HUM:
            detail = f"tones at {u.sound.mains} Hz and its multiples, {-u.sound.hum:.0f} dB under the voice"
            yield Case(u.utt_id, detail, u.sound.hum)


def offset(survey):
    """Recordings that are not centred around zero."""
    for u in survey.heard:
        relative = float(decibels(u.sound.offset**2)) - u.sound.level
        if relative > OFFSET:
            side = "under" if relative < 0 else "over"
            detail = f"its middle lies at {u.sound.offset:+.1%} of full scale, {abs(relative):.0f} dB {side} the voice"
            yield Case(u.utt_id, detail, relative)


def long_edges(survey):
    """Recordings with much silence before or after the speech."""
    for u in survey.heard:
        for seconds, where, at in (
            (u.sound.lead, "before", 0.0),
            (u.sound.trail, "after", u.sound.seconds - u.sound.trail),
        ):
            if seconds > EDGE:
                yield Case(u.utt_id, f"{seconds:.1f} s of silence {where} the speech", seconds, at)


def long_pauses(survey):
    """Recordings with a long silence inside."""
    for u in survey.heard:
        if u.sound.pause > PAUSE:
            yield Case(
                u.utt_id,
                f"{u.sound.pause:.1f} s without speech, from {u.sound.pause_at:.1f} s on",
                u.sound.pause,
                u.sound.pause_at,
            )


def cut_off(survey):
    """Recordings that begin or end in the middle of a sound."""
    for where, is_cut in (_STARTS, _ENDS):
        for u in survey.heard:
            if is_cut(u.sound) and where not in survey.not_judged:
                level, at = (
                    (u.sound.start_level, 0.0)
                    if where == "begins"
                    else (u.sound.end_level, max(0.0, u.sound.seconds - 0.5))
                )
                side = "under" if level < 0 else "over"
                yield Case(
                    u.utt_id, f"{where} in the middle of a sound, {abs(level):.0f} dB {side} the voice", level, at
                )


CHECKS = (
    Check(
        "unusable", "Can't be used", FIX,
        "Nothing is learnt from a recording without a text, or from a text without a recording.",
        "Follow the reason beside each, or remove what is left over.",
        unusable,
    ),
    Check(
        "unreadable", "Can't be read", FIX,
        "A broken file is left out; one that was cut short in a copy would teach that words end early.",
        "Copy or export these files again from the original.",
        unreadable,
    ),
    Check(
        "silent", "No speech in it", FIX,
        "A text that is taught with silence teaches the voice to fall silent.",
        "Record these again, or take them out together with their texts.",
        silent,
    ),
    Check(
        "clipping", "Clipped", FIX,
        "Clipping is a crackle on every loud vowel. The voice learns it, and no filter takes it out; turning the level down hides it only.",
        "Record these again with the input turned down so that peaks stay under half of full scale; or leave them out.",
        clipped,
    ),
    Check(
        "dropouts", "Holes in the sound", FIX,
        "Lost blocks of sound are clicks and holes inside words, which the voice learns to make.",
        "Copy them again from the recorder; if the original has the holes too, record these sentences again.",
        dropouts,
    ),
    Check(
        "channels", "Stereo, channels differ", FIX,
        "A voice has one channel. Two microphones, mixed, blur it; channels in opposite phase cancel it.",
        "Export the better channel as mono. `mix_channels=true` is for channels that are alike.",
        channels_differ,
    ),
    Check(
        "length", "Too short or too long", FIX,
        "prepare leaves them out: clips this short hold no word; of those this long the timing gets unsure, and they fill the memory.",
        "Cut long ones at a pause, each part with its text; give long ones to prepare with max_seconds=... only if memory allows.",
        length,
    ),
    Check(
        "noise", "Noisy", LISTEN,
        "What sounds under the voice all the time is learnt as part of the voice: it hisses, and its pauses aren't quiet.",
        "Listen to the worst. Move away from fans and computers and record these again; if most are so, denoise all of them alike.",
        noisy,
    ),
    Check(
        "hum", "Hum of the mains", LISTEN,
        "The hum of a cable or a power supply is heard in every pause of the voice, and misleads the measurement of pitch.",
        "Apply a high-pass filter at 70 Hz (lower for a very deep voice) to all recordings; change the cable before recording more.",
        humming,
    ),
    Check(
        "offset", "Off centre (DC)", LISTEN,
        "An offset clicks where a recording is cut, takes away room for loud sounds, and falsifies its loudness.",
        "Remove it: a high-pass filter at 20 Hz, or 'remove DC' of an editor. It comes from the sound card.",
        offset,
    ),
    Check(
        "edges", "Long silence at an end", LISTEN,
        "Long silences are trained on as if they were speech, and cost their share of the time.",
        "`parakeet prepare` trims them. If there is speech in them that no text holds, cut it out.",
        long_edges,
    ),
    Check(
        "pauses", "Long silence inside", LISTEN,
        "The pause is learnt at that place, or a word is missing from the text, or from the sound.",
        "Listen there. Shorten the pause, or correct the text.",
        long_pauses,
    ),
    Check(
        "cut", "Cut off in a sound", LISTEN,
        "Half a sound at the edge is aligned as a whole one: first and last words of the voice become clipped.",
        "Cut these again with a tenth of a second of room on both sides, or record them again.",
        cut_off,
    ),
    Check(
        "stereo", "Stereo, channels equal", NOTE,
        "prepare takes one channel unless it is told to mix.",
        "Give prepare mix_channels=true, or convert them to mono, which halves their size.",
        several_channels,
    ),
)  # fmt: skip
