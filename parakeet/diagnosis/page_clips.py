"""The part of the page where one listens and looks."""

from html import escape


def clips_section(diagnosis, clips):
    """Lay out the clips, with what chooses among them.

    Args:
        diagnosis (Diagnosis): of a corpus.
        clips (list[Clip]): of it.

    Returns:
        str: HTML; empty without clips.
    """
    if not clips:
        return ""
    present = {finding.check.name for clip in clips for finding, _ in clip.cases}
    chips = "".join(
        f'<button class="{f.check.grade}" data-check="{f.check.name}" aria-pressed="false">{escape(f.check.title)}</button>'
        for f in diagnosis.findings
        if f.check.name in present
    )
    cards = "".join(_card(place, clip) for place, clip in enumerate(clips))
    lead = (
        "The worst of each finding, as they are. A red line marks the place meant. The picture reaches up to the highest frequency "
        "the file could hold."
    )
    return (
        f"<section id='listen'><h2>Listen and look</h2><p class='lead'>{lead}</p>"
        "<div class='controls'>"
        "<input id='clip-search' type='search' placeholder='Search names and texts' aria-label='Search names and texts'>"
        "<select id='clip-order' aria-label='Order'><option value='place'>what matters most first</option>"
        "<option value='name'>by name</option><option value='seconds'>shortest first</option></select></div>"
        f"<div class='chips'><button data-check='' aria-pressed='true'>all</button>{chips}</div>"
        f"<div class='clips' id='clips'>{cards}</div>"
        "<p class='card empty' id='no-clip' hidden>None of the clips fits.</p></section>"
    )


def _card(place, clip):
    u = clip.utterance
    found = "".join(
        f'<li><span class="pill {finding.check.grade}">{escape(finding.check.title)}</span> {escape(_detail(u, case))}</li>'
        for finding, case in clip.cases
    )
    checks = " ".join(dict.fromkeys(finding.check.name for finding, _ in clip.cases))
    said = escape(f"{u.utt_id} {u.text}".lower())
    return (
        f'<article class="card clip" data-place="{place}" data-name="{escape(u.utt_id)}" data-seconds="{clip.seconds:.3f}" '
        f'data-checks="{checks}" data-text="{said}"><p class="name">{escape(u.utt_id)}</p><p class="says">{escape(u.text)}</p>'
        f"{_player(clip)}<ul>{found}</ul></article>"
    )


def _player(clip):
    u = clip.utterance
    if not clip.audio:
        return "<p class='quiet'>The recording can't be played.</p>"
    meant = {
        case.at for _, case in clip.cases if case.at is not None and clip.start <= case.at <= clip.start + clip.seconds
    }
    marks = "".join(f'<hr style="left:{100 * (at - clip.start) / clip.seconds:.1f}%">' for at in sorted(meant))
    part = f", from {clip.start:.1f} s" if clip.start > 0 else ""
    return (
        f'<div class="spectrum"><img src="{clip.picture}" alt="spectrum of {escape(u.utt_id)}">'
        f"<small>{clip.top / 1000:g} kHz</small>{marks}</div>"
        f'<audio controls preload="none" src="{clip.audio}"></audio>'
        f'<p class="quiet">{clip.seconds:.1f} s{part} · {escape(u.split)} · {escape(u.speaker)}</p>'
    )


def _detail(utterance, case):
    """Words for either of a pair."""
    return case.detail if case.utt_id == utterance.utt_id else f"see {case.utt_id}"
