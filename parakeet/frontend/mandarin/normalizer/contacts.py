"""Web and mail addresses, telephone numbers, numbers that name things."""

import re

from parakeet.frontend.mandarin.normalizer.numbers import cardinal, spell
from parakeet.frontend.normalizer.scanner import rule

RULES = []
_BEGIN = r"(?<![A-Za-z0-9.+-])"
_END = r"(?![A-Za-z0-9]|[.-]\d)"
_SIGNS = {
    ".": "点",
    "@": "艾特",
    "/": "斜杠",
    "-": "杠",
    "_": "下划线",
    ":": "冒号",
    "?": "问号",
    "=": "等于",
    "&": "和",
    "#": "井号",
}
_SIGNS |= {"%": "百分号", "+": "加", "~": "波浪号"}
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}"
_PATH = r"(?:/[A-Za-z0-9._~/?#&=+%-]{0,500})?"
_NAMED = r"(?:号码|编号|学号|工号|账号|帐号|卡号|单号|密码|验证码|邮编|邮政编码|身份证号?|证号|尾号|代码|QQ号?|微信号?)"
_COUNTRY = r"(?P<country>(?:\+|00)\d{1,3}[- ]?)"
_CALLED = r"(?:电话|热线|拨打|致电|呼叫|手机号?|客服|传真|来电|报警|分机|转接|转|拨|报)"


@rule(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@" + _DOMAIN, RULES)
def mail(match, text):
    return text.address(match[0], _SIGNS)


@rule(r"(?<![A-Za-z0-9])(?:[Hh]ttps?://|[Ww]{3}\.(?=[A-Za-z0-9]))[A-Za-z0-9._~:/?#@&=+%-]{1,500}", RULES)
@rule(r"(?<![A-Za-z0-9@.])(?:[A-Za-z0-9-]{1,63}\.){1,4}(?:com|cn|net|org|gov|edu|io|ai|tv|me|info)\b" + _PATH, RULES)
def web(match, text):
    """Read an address piece by piece; the scheme is silent."""
    address = match[0].rstrip(".:?/")
    return text.part(match, len(address), text.address(re.sub(r"^[Hh]ttps?://", "", address), _SIGNS))


@rule(_BEGIN + _COUNTRY + r"?(?P<rest>1[3-9]\d[- ]?\d{4}[- ]?\d{4})" + _END, RULES)
@rule(_BEGIN + _COUNTRY + r"?(?P<rest>(?:\(0\d{2,3}\) ?|0?\d{2,3}-)\d{3,4}[ -]?\d{4}(?:-\d{1,5})?)" + _END, RULES)
@rule(_BEGIN + r"(?P<country>)(?P<rest>[48]00-(?:\d{3}-\d{4}|\d{4}-\d{3}|\d{7}))" + _END, RULES)
@rule(_BEGIN + _COUNTRY + r"(?P<rest>\(?\d{1,4}\)?(?:[- ]?\d{2,4}){2,4})" + _END, RULES)
def telephone(match, text):
    """Read a telephone number in groups, 1 as 幺; a country's code begins with 加."""
    country = match["country"] or ""
    spoken = ("加" if country[:1] == "+" else "") + _groups(country) + ("," if country else "")
    rest = match["rest"]
    return spoken + (_groups(f"{rest[:3]} {rest[3:7]} {rest[7:]}") if re.fullmatch(r"\d{11}", rest) else _groups(rest))


@rule(r"\d[\dXx]{2,29}(?:-\d{1,8})*" + _END, RULES)
def named_number(match, text):
    """Read the digits one by one after 电话, 密码 and the like."""
    if not text.mentions(_NAMED + r"(?:[是为:]|[^\d\n,.]{0,3})", match.start(), at_end=True) and not (
        text.mentions(_CALLED + r"(?:[是为:]|[^\d\n,.]{0,3})", match.start(), at_end=True)
        and not text.measure(match.end())
    ):
        return None
    return _groups(match[0])


@rule(r"(?<![A-Za-z0-9.,-])\d{17}[\dXx]" + _END, RULES)
@rule(r"(?<![A-Za-z0-9.,-])\d{9,}" + r"(?![A-Za-z0-9.,%])", RULES)
def long_number(match, text):
    """Read the digits of what can hardly be a count one by one."""
    return None if text.measure(match.end()) or re.fullmatch(r"\d+0{4,}", match[0]) else _groups(match[0])


@rule(r"(?<![A-Za-z0-9.])(?:985|211)(?=[/、,和]?(?:985|211)?(?:高校|大学|院校|工程|名校))", RULES)
@rule(
    r"(?<![A-Za-z0-9.])(?:996(?!\d|个|元|年|人|块)|315(?=晚会)|911(?=事件)|404(?=错误|页面)|110(?=报警|指挥)|120(?=急救|救护)"
    r"|119(?=火警|消防)|12306|12315|10086)",
    RULES,
)
def known_by_digits(match, text):
    return _groups(match[0])


@rule(
    r"(?<![A-Za-z0-9.,-])\d{3,4}(?=次列车|次航班|次高铁|房间?(?!间)|国道|省道|公交|路公交|航班|厂房|工厂|高地|(?:会议|教|病|办公|实验)?室(?!友))",
    RULES,
)
def called_by_number(match, text):
    return _groups(match[0])


@rule(r"(?:(?<=[A-Za-z])|(?<=[A-Za-z]·))-?\d+(?:\.\d+)*", RULES)
@rule(r"(?<=[A-Za-z]) \d{4}(?![0-9.,])", RULES)
def model_number(match, text):
    """Read what follows letters: A4 as a number, C919 digit by digit; "PM2.5" with its point."""
    digits = match[0].lstrip(" -")
    if match[0][0] == " " and (text.measure(match.end()) or text.text[match.end() : match.end() + 1] == "年"):
        return None
    whole, *decimals = digits.split(".")
    return "点".join([_groups(whole) if len(whole) > 2 else cardinal(whole), *map(spell, decimals)])


@rule(r"(?<![A-Za-z0-9.])\d+(?:\.\d+){2,}(?![0-9])", RULES)
def version(match, text):
    """Read 192.168.1.1 and 3.11.2: digits with 点 between their groups."""
    return "点".join(spell(group) if len(group) > 2 else cardinal(group) for group in match[0].split("."))


def _groups(number):
    return ",".join(
        "".join("X" if digit in "xX" else spell(digit, telephone=True) for digit in group)
        for group in re.split(r"[^\dXx]+", number)
        if group
    )
