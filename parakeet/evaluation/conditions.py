"""What is listened to: a voice, and the anchors that give its figures a meaning."""

from typing import NamedTuple


class Condition(NamedTuple):
    """One way in which a sentence is made audible.

    Attributes:
        title (str): its name for people.
        meaning (str): what it is, in a sentence.
    """

    title: str
    meaning: str


RECORDING, COPY, GRIFFIN_LIM, VOICE, WRONG_TEXT = "recording", "copy", "griffin_lim", "voice", "wrong_text"

CONDITIONS = {
    RECORDING: Condition("Recording", "the speaker's own recording: as good as it gets with this measure"),
    COPY: Condition("Copy synthesis", "the recording turned to its mel spectrum and back by the voice's vocoder: a perfect acoustic model"),
    GRIFFIN_LIM: Condition("Griffin-Lim copy", "the same by Griffin-Lim, without any training: the least a vocoder has to beat"),
    VOICE: Condition("Voice", "the voice, from text alone"),
    WRONG_TEXT: Condition("Wrong text", "the voice held against another sentence: what a figure is when nothing fits"),
}
"""In the order of every table."""

GRIFFIN_LIM_ITERATIONS = 60
"""Rounds of the Griffin-Lim copies, whatever the voice."""
