"""Numbers: counts, money, percentages, fractions, ranges, results, measures, plain numbers."""

import re

from parakeet.frontend.mandarin.normalizer.calendar import RESULT
from parakeet.frontend.mandarin.normalizer.numbers import DIGITS, cardinal, number, spell
from parakeet.frontend.mandarin.normalizer.units import UNIT, spoken_unit
from parakeet.frontend.normalizer.scanner import rule

RULES = []
#: Rules for numbers that nothing more special reads.
LATE_RULES = []
_BEGIN = r"(?<![A-Za-z0-9.])"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
#: With a sign; behind a Chinese word only where something is measured: 气温-5℃, but 嫦娥-5.
_SIGNED = r"(?:(?<![0-9A-Za-z%)])[-+])?" + _NUMBER
_PLAIN = r"(?:(?<![0-9A-Za-z%)\u4e00-\u9fff])[-+]|(?<=[为是到至达于约])-)?" + _NUMBER
_TO = r"\s*(?:--?|[~—–]{1,2})\s*"
_LARGE = r"(?P<large>(?:[十百千]?[万亿]+|千))?"
_CURRENCIES = {
    "¥": "元", "￥": "元", "RMB": "元", "CNY": "元", "$": "美元", "US$": "美元", "USD": "美元", "HK$": "港元", "HKD": "港元",
    "NT$": "新台币", "A$": "澳元", "C$": "加元", "€": "欧元", "EUR": "欧元", "£": "英镑", "GBP": "英镑", "₩": "韩元", "JPY": "日元",
    "JP¥": "日元", "₽": "卢布", "₹": "卢比", "฿": "泰铢",
}  # fmt: skip
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_VULGAR = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}


@rule(
    rf"(?P<sign>-?)(?P<currency>{_CURRENCY})\s?(?P<sign2>-?)(?P<a>{_NUMBER})(?:{_TO}(?:{_CURRENCY})?(?P<b>{_NUMBER}))?{_LARGE}"
    r"(?P<said>元|美元|块钱?|人民币|欧元|英镑|港元|港币|美金|日元)?",
    RULES,
)
def money(match, text):
    """Read ¥128.50 as 一百二十八元五角, ￥128元 as 一百二十八元, $3-5万 as 三到五万美元."""
    unit = _CURRENCIES[match["currency"]]
    if match["said"] and not (match["said"] == "人民币" and unit == "元"):
        unit = match["said"]
    sign = "负" if match["sign"] or match["sign2"] else ""
    if match["b"]:
        return f"{sign}{number(match['a'], True)}到{number(match['b'], True)}{match['large'] or ''}{unit}"
    yuan, _, small = match["a"].partition(".")
    if unit == "元" and not match["large"] and not match["said"] and 0 < len(small) <= 2:
        return sign + _yuan(yuan.replace(",", ""), small.ljust(2, "0"))
    small = small.rstrip("0")
    return sign + number(yuan + ("." + small if small else ""), True) + (match["large"] or "") + unit


def _yuan(yuan, small):
    """Read an amount in 元, 角 and 分."""
    spoken = cardinal(yuan, liang=True) + "元" if int(yuan) or small == "00" else ""
    if small[0] != "0":
        spoken += ("两" if small[0] == "2" else DIGITS[int(small[0])]) + "角"
    elif small[1] != "0" and spoken:
        spoken += "零"
    return spoken + (("两" if small[1] == "2" else DIGITS[int(small[1])]) + "分" if small[1] != "0" else "")


@rule(rf"{_BEGIN}(?P<a>{_NUMBER})\s?(?P<currency>USD|RMB|CNY|EUR|GBP|JPY|HKD)(?![A-Za-z0-9])", RULES)
def money_behind(match, text):
    return number(match["a"], True) + _CURRENCIES[match["currency"]]


@rule(rf"{_BEGIN}(?P<a>{_NUMBER})w(?![A-Za-z0-9])", RULES)
def ten_thousands(match, text):
    """Read 3w as 三万, as it is written in chats; 60W are watts."""
    return number(match["a"], True) + "万"


@rule(_BEGIN + r"(?:(?P<d>\d{1,3})°)?(?P<m>\d{1,2})'(?:(?P<s>\d{1,2}(?:\.\d+)?)\"?)?(?![0-9A-Za-z])", RULES)
def arc(match, text):
    """Read 39°54′ as 三十九度五十四分, 5′30″ as 五分三十秒."""
    if not match["d"] and not match["s"]:
        return None
    degrees = number(match["d"]) + "度" if match["d"] else ""
    return degrees + number(match["m"]) + "分" + (number(match["s"]) + "秒" if match["s"] else "")


@rule(_BEGIN + r"(?P<a>[1-9])、(?P<b>[2-9])", RULES)
def about(match, text):
    """Read 2、3个 as 两三个."""
    near = int(match["b"]) == int(match["a"]) + 1 and text.measure(match.end())
    return cardinal(match["a"], liang=True) + cardinal(match["b"]) if near else None


@rule(rf"(?P<a>{_SIGNED})(?P<mark>[%‰]?){_TO}(?P<b>-?{_NUMBER})(?P<unit>[%‰])", RULES)
def percentages(match, text):
    """Read 3%-5% as 百分之三到百分之五, 3-5% as 百分之三到五."""
    base = _PARTS[match["unit"]]
    again = base if match["mark"] or match["b"][0] == "-" else ""
    return f"{_of(base, match['a'])}到{_of(base, match['b']) if again else number(match['b'])}"


@rule(rf"(?P<a>{_SIGNED})\s?(?P<unit>[%‰])", RULES)
def percentage(match, text):
    return _of(_PARTS[match["unit"]], match["a"])


_PARTS = {"%": "百分之", "‰": "千分之"}


def _of(base, amount):
    sign = {"-": "负", "+": "正"}.get(amount[0], "")
    spoken = number(amount.lstrip("+-"))
    return sign + base + ("百" if base == "百分之" and spoken == "一百" else spoken)


@rule(rf"(?P<below>零下\s?)?(?P<a>{_SIGNED})(?:{_TO}(?P<b>-?{_NUMBER}))?\s?{UNIT}", RULES)
def measure(match, text):
    """Read 5kg as 五公斤, -5℃ as 零下五摄氏度, 3~5km/h as 三到五公里每小时."""
    unit = spoken_unit(match)
    if "度" in unit and not match["below"]:
        amounts = [
            "零下" + number(a[1:], True) if a[0] == "-" else number(a, True) for a in (match["a"], match["b"]) if a
        ]
        return "到".join(amounts) + unit
    amounts = [number(a, liang=not unit.isascii()) for a in (match["a"], match["b"]) if a]
    return ("零下" if match["below"] else "") + "到".join(amounts) + unit


@rule(r"(?P<whole>\d+)?(?P<vulgar>[½⅓⅔¼¾⅕⅛⅜⅝⅞])", RULES)
@rule(_BEGIN + r"(?:(?P<whole>\d{1,4})(?: |又))?(?P<top>\d{1,4})/(?P<bottom>[1-9]\d{0,4})(?![0-9/.A-Za-z])", RULES)
def fraction(match, text):
    """Read 3/4 as 四分之三, 1 1/2 as 一又二分之一; what is no part of a whole (120/80) as two numbers."""
    parts = match.groupdict()
    top, bottom = _VULGAR[parts["vulgar"]].split("/") if "vulgar" in parts else (parts["top"], parts["bottom"])
    whole = cardinal(parts["whole"]) + "又" if parts["whole"] else ""
    if int(top) > max(int(bottom), 12):
        return f"{cardinal(top)},{cardinal(bottom)}"
    return f"{whole}{cardinal(bottom)}分之{cardinal(top)}"


@rule(_BEGIN + r"(?P<a>\d{1,4}):(?P<b>\d{1,6})(?![0-9:])", RULES)
def ratio(match, text):
    """Read 3:2 as 三比二."""
    return f"{cardinal(match['a'])}比{cardinal(match['b'])}"


@rule(_BEGIN + r"(?P<a>\d{1,2})-(?P<b>\d{1,2})(?![0-9A-Za-z-])", RULES)
def result(match, text):
    """Read 3-1 as 三比一: where a game is told, or the first number is the greater."""
    told = text.mentions(RESULT, match.start()) or int(match["a"]) > int(match["b"])
    if not told or text.measure(match.end()) or re.match(r"\s?=", text.text[match.end() : match.end() + 2]):
        return None
    return f"{cardinal(match['a'])}比{cardinal(match['b'])}"


@rule(_BEGIN + rf"(?P<a>{_NUMBER}){_LARGE}{_TO}(?P<b>{_NUMBER})(?![0-9A-Za-z-]|{_TO}\d|\s?=)", RULES)
def range_of(match, text):
    """Read 3-5天 as 三到五天, 2~3个 as 两到三个."""
    liang = text.measure(match.end())
    return f"{number(match['a'], liang)}{match['large'] or ''}到{number(match['b'], liang)}"


@rule(_BEGIN + r"\d+(?:-\d+){2,}(?![0-9A-Za-z])", RULES)
def chain(match, text):
    """Read 3-2-1 with 杠 between."""
    return "杠".join(cardinal(part) for part in match[0].split("-"))


@rule(rf"(?P<a>{_NUMBER})\s?(?P<sign>[×*xX÷+=<>≤≥≠≈±^-])\s?(?={_NUMBER})", RULES)
def sum_of(match, text):
    """Read the signs between two numbers: 3×4 is 三乘四; a hyphen is 减 only where "=" follows."""
    sign = match["sign"]
    if sign == "-" and not re.match(
        rf"{_NUMBER}(?:\s?[×*÷+-]\s?{_NUMBER})*\s?=", text.text[match.end() : match.end() + 40]
    ):
        return None
    return number(match["a"]) + _SIGNS[sign]


_SIGNS = {
    "×": "乘",
    "*": "乘",
    "x": "乘",
    "X": "乘",
    "÷": "除以",
    "+": "加",
    "-": "减",
    "=": "等于",
    "<": "小于",
    ">": "大于",
}
_SIGNS |= {"≤": "小于等于", "≥": "大于等于", "≠": "不等于", "≈": "约等于", "±": "正负", "^": "的"}


@rule(r"[Nn][Oo]\.?\s?(?P<n>\d{1,4})(?![0-9.])|№\s?(?P<m>\d{1,4})|#(?P<k>\d{1,4})(?![0-9.#])", RULES)
def ordinal(match, text):
    """Read No.1 as 第一, #3 as 三号."""
    return f"{cardinal(match['k'])}号" if match["k"] else f"第{cardinal(match['n'] or match['m'])}"


@rule(rf"(?P<a>{_NUMBER})\+", RULES)
def and_more(match, text):
    return number(match["a"]) + (
        "加" if text.text[match.end() : match.end() + 1] in "=" else "多" if int(match["a"][-1]) == 0 else "加"
    )


@rule(_PLAIN, LATE_RULES)
def plain(match, text):
    """Read a number; 2 is 两 before a measure word, but not behind 第, 初, 周 and the like."""
    counted = text.measure(match.end()) and text.text[match.start() - 1 : match.start()] not in tuple("第初周期拜负")
    return number(match[0], counted) if match[0].isascii() else spell(match[0])
