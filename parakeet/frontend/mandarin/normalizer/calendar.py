"""Years, dates and times of day."""

from parakeet.frontend.mandarin.normalizer.numbers import cardinal, spell
from parakeet.frontend.normalizer.scanner import rule

#: What marks two numbers with a colon between them as a result or a ratio instead of a time.
RESULT = r"(?:比分|战胜|击败|逼平|战平|战成|大胜|小胜|险胜|完胜|不敌|负于|输给|领先|落后|比例|之比|[以为按])"

RULES = []
_BEGIN = r"(?<![A-Za-z0-9.:/-])"
_END = r"(?![0-9A-Za-z])"
_TIME = r"(?P<{0}h>[01]?\d|2[0-4]):(?P<{0}m>[0-5]\d)(?::(?P<{0}s>[0-5]\d))?"
_HALVES = {"am": "上午", "pm": "下午"}


@rule(
    _BEGIN + r"(?P<y>[12]\d{3})(?P<mark>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=mark)(?P<d>0?[1-9]|[12]\d|3[01])" + _END, RULES
)
def date(match, text):
    """Read 2024-05-01 as 二零二四年五月一日."""
    return f"{spell(match['y'])}年{_part(match['m'])}月{_part(match['d'])}日"


@rule(_BEGIN + r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>0[1-9]|1[0-2])(?![0-9A-Za-z./-]|年|赛季|学年)", RULES)
def month(match, text):
    """Read 2024-05 as 二零二四年五月."""
    return f"{spell(match['y'])}年{_part(match['m'])}月"


@rule(_BEGIN + r"(?P<a>[12]\d{3})年?(?:--?|[~—–至到]+)(?P<b>[12]\d{3}|\d\d)(?=年|赛季|学年)", RULES)
def years(match, text):
    """Read 1998-2003年 as 一九九八到二零零三 (年)."""
    between = "年到" if "年" in match[0] else "到"
    return f"{spell(match['a'])}{between}{spell(match['b'])}"


@rule(_BEGIN + r"(?P<a>(?:19|20)\d\d)(?:--?|[~—–至到])(?P<b>(?:19|20)\d\d)(?![0-9A-Za-z.:/-])", RULES)
def years_alone(match, text):
    """Read 2020-2021 as years, unless something is counted."""
    return (
        None if match["a"] >= match["b"] or text.measure(match.end()) else f"{spell(match['a'])}到{spell(match['b'])}"
    )


@rule(_BEGIN + r"(?P<m>\d{1,2})\.(?P<d>\d{1,2})(?=劳动节|黄金周|小长假|假期|国庆|事件|大促)", RULES)
def holiday(match, text):
    """Read 5.1假期 as 五一, 9.11事件 as 九一一."""
    return cardinal(match["m"]) + spell(match["d"])


@rule(r"(?<![0-9A-Za-z.,])(?P<y>[12]\d{3}|0\d)(?=年(?!多|左右|以上|历史|来的|的历史|文明|龄))", RULES)
@rule(
    r"(?<![0-9A-Za-z.,])(?P<y>[6-9]\d)(?=年(?:\d{1,2}月|[春夏秋冬底初末]|出生|生人|毕业|入伍|入党|[上下]半年|版|款))",
    RULES,
)
def year(match, text):
    """Read 1998年, 08年 and 98年毕业 digit by digit."""
    return spell(match["y"])


@rule(r"(?<=公元前)\d{3}(?=年)|(?<=公元)\d{3}(?=年)", RULES)
def ancient_year(match, text):
    return spell(match[0])


@rule(r"(?<![0-9A-Za-z.])(?P<y>[12]\d\d0)(?=年代)", RULES)
def decade(match, text):
    return spell(match["y"])


@rule(r"(?<![0-9A-Za-z.])(?:[5-9][05]|0[05])(?=后(?![来面续天期勤排果悔退盾备台]))", RULES)
def generation(match, text):
    """Read 90后, those born in the nineties, as 九零后."""
    return spell(match[0])


@rule(_BEGIN + _TIME.format("a") + r"\s*(?:--?|[~—–至到]+)\s*" + _TIME.format("b") + _END, RULES)
def times(match, text):
    return f"{_clock(match, 'a')}到{_clock(match, 'b')}"


@rule(_BEGIN + _TIME.format("") + r"(?:\s*(?P<half>[AaPp][Mm])\b)?" + r"(?![0-9A-Za-z:])", RULES)
def time(match, text):
    """Read 12:30 as 十二点三十分; after 比分 and the like it is no time."""
    if not match["half"] and text.mentions(RESULT, match.start()):
        return None
    return _HALVES.get((match["half"] or "").lower(), "") + _clock(match, "")


@rule(_BEGIN + r"(?P<h>1[0-2]|[1-9])\s*(?P<half>[AaPp][Mm])\b", RULES)
def hour(match, text):
    return f"{_HALVES[match['half'].lower()]}{cardinal(match['h'], liang=True)}点"


def _part(digits):
    return cardinal(str(int(digits)))


def _clock(match, name):
    spoken = cardinal(str(int(match[name + "h"])), liang=True) + "点"
    minute, second = match[name + "m"], match[name + "s"]
    if int(minute) or (second and int(second)):
        spoken += _two_places(minute) + "分"
    return spoken + (_two_places(second) + "秒" if second and int(second) else "")


def _two_places(digits):
    return ("零" if digits[0] == "0" and digits != "00" else "") + _part(digits)
