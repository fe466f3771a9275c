"""Numbers in Chinese characters."""

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
#: Longer ones are read digit by digit: nobody counts beyond 万亿.
LONGEST = 4 * len(_GROUPS)


def spell(digits, telephone=False):
    """Read digits one by one; in telephone, room and flight numbers 1 is 幺 (yāo), so that nobody hears 七 (qī)."""
    names = DIGITS.replace("一", "幺") if telephone else DIGITS
    return "".join(names[int(digit)] for digit in digits)


def cardinal(digits, liang=False):
    """Read a whole number.

    Args:
        digits (str): digits alone; with a zero in front ("007"), or more than 16 of them, they are read one by one.
        liang (bool): whether a bare 2 is 两, as it is before a measure word.

    Returns:
        str: Chinese characters; 二 is 两 in front of 千, 万 and 亿 where the number begins with it.
    """
    if len(digits) > LONGEST or (digits[0] == "0" and len(digits) > 1):
        return spell(digits)
    number = int(digits)
    if number == 0:
        return "零"
    if number == 2:
        return "两" if liang else "二"
    groups = []
    while number:
        number, group = divmod(number, 10000)
        groups.append(group)
    spoken = "".join(_group_of(groups, place) for place in reversed(range(len(groups))))
    spoken = spoken.removesuffix("零")
    if spoken.startswith("一十"):
        return spoken[1:]
    if spoken[0] == "二" and spoken[1:2] in ("千", "万", "亿"):
        return "两" + spoken[1:]
    return spoken


def _group_of(groups, place):
    """Read the four digits of one place, with 零 where digits are passed over."""
    group = groups[place]
    if group == 0:
        # 一亿零三: one 零 for all that is empty, where something follows; 万 of 万亿 brings its 亿 along.
        return "亿" if place == 2 and len(groups) > 3 else ""
    spoken, gap = "", False
    for power in (3, 2, 1, 0):
        digit = group // 10**power % 10
        if digit == 0:
            gap = gap or bool(spoken)
            continue
        spoken += ("零" if gap else "") + DIGITS[digit] + _PLACES[power]
        gap = False
    higher = place + 1 < len(groups)
    skipped = higher and (group < 1000 or groups[place + 1] == 0)
    unit = "万" if place == 3 else _GROUPS[place]
    return ("零" if skipped else "") + spoken + unit


def number(text, liang=False):
    """Read a number as it is written: ``1,234``, ``-3``, ``0.50``, ``+7``.

    Args:
        text (str): digits with separators of thousands, a decimal point and a sign.
        liang (bool): as in ``cardinal``.

    Returns:
        str: Chinese characters; digits after the point one by one.
    """
    sign = {"-": "负", "+": "正"}.get(text[0], "")
    whole, _, decimals = text.lstrip("+-").replace(",", "").partition(".")
    spoken = cardinal(whole or "0", liang and not decimals)
    return sign + spoken + ("点" + spell(decimals) if decimals else "")
