"""What figures come to, in words."""

import pytest

from parakeet.evaluation.verdict import FAIR, GOOD, OPEN, POOR, judge


def entry(value, low=None, high=None, **more):
    return {"value": value, "low": value if low is None else low, "high": value if high is None else high, "n": 40, **more}


def report(**measures):
    """measure -> conditions; differences are given as ``measure__one__other=(value, low, high)``."""
    found = {}
    for name, given in measures.items():
        measure, *pair = name.split("__")
        place = found.setdefault(measure, {"conditions": {}, "differences": []})
        if pair:
            place["differences"].append(entry(*given, of=pair[0], less=pair[1]))
        else:
            place["conditions"] = {condition: entry(value) for condition, value in given.items()}
    return {"measures": found}


def aspect(name, **measures):
    (found,) = [aspect for aspect in judge(report(**measures))[1] if aspect.name == name]
    return found


def test_the_headline_says_what_matters_most():
    assert judge(report(wer_moonshine={"voice": 10.1}))[0] == "90 of 100 words are understood."
    assert judge(report(wer_moonshine={"voice": 130.0}))[0] == "0 of 100 words are understood."
    assert judge(report(dnsmos_overall={"voice": 2.79}))[0] == "It sounds like 2.8 of 5."
    assert judge(report(mcd={"voice": 3.0})) == ("1 figures, beside their anchors.", [])


@pytest.mark.parametrize(("voice", "state"), [(12.0, GOOD), (25.0, FAIR), (60.0, POOR)])
def test_a_voice_is_understood_beside_the_recordings(voice, state):
    assert aspect("Understood", wer_moonshine={"voice": voice, "recording": 5.0}).state == state


@pytest.mark.parametrize(
    ("against", "state", "said"),
    [
        ((0.2, 0.1, 0.3), GOOD, "better."),
        ((-0.2, -0.3, -0.1), POOR, "worse."),
        ((0.1, -0.1, 0.3), FAIR, "no difference that can be told."),
    ],
)
def test_a_voice_sounds_better_where_the_whole_interval_says_so(against, state, said):
    found = aspect("Sound", dnsmos_overall={"voice": 2.8, "recording": 3.0}, dnsmos_overall__voice__griffin_lim=against)
    assert found.state == state
    assert found.words.endswith(said)


def test_without_recordings_sound_is_told_and_not_judged():
    assert aspect("Sound", dnsmos_overall={"voice": 2.8}).state == OPEN


@pytest.mark.parametrize(
    ("mos", "pesq", "state", "said"),
    [
        ((0.2, 0.1, 0.3), (0.2, 0.1, 0.3), GOOD, "better."),
        ((-0.2, -0.3, -0.1), (-0.2, -0.3, -0.1), POOR, "worse."),
        ((0.1, -0.1, 0.3), (0.1, -0.1, 0.3), FAIR, "no difference that can be told."),
        ((0.2, 0.1, 0.3), (-0.2, -0.3, -0.1), FAIR, "the two measures disagree."),
    ],
)
def test_a_vocoder_is_judged_by_two_measures_that_have_to_agree(mos, pesq, state, said):
    found = aspect("Vocoder", dnsmos_overall__copy__griffin_lim=mos, pesq__copy__griffin_lim=pesq)
    assert found.state == state
    assert found.words.endswith(said)


@pytest.mark.parametrize(("voice", "state"), [(3.0, GOOD), (4.5, FAIR), (5.5, POOR)])
def test_a_likeness_is_nearer_to_copies_than_to_a_wrong_text(voice, state):
    found = aspect("Likeness", mcd={"voice": voice, "copy": 1.0, "wrong_text": 6.0})
    assert found.state == state
