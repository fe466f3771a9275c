"""Punctuation, signs, white space, foreign words: what is a pause, what is spoken, what is silent, what is left out."""

import re
import unicodedata

from parakeet.frontend.mandarin.normalizer.numbers import cardinal
from parakeet.frontend.normalizer import unspoken
from parakeet.frontend.normalizer.scanner import LETTER, rule

#: Chinese characters, with 〇 and the mark of repetition 々.
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇々"

_SIGNS = {
    "%": "百分号", "‰": "千分号", "@": "艾特", "+": "加", "=": "等于", "<": "小于", ">": "大于", "×": "乘", "÷": "除以", "±": "正负",
    "≈": "约等于", "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "√": "根号", "∞": "无穷大", "°": "度", "℃": "摄氏度", "℉": "华氏度",
    "&": "和", "$": "美元", "€": "欧元", "£": "英镑", "¥": "元", "¢": "美分", "№": "号", "→": "到", "′": "分", "″": "秒", "²": "的平方",
    "³": "的立方", "㎡": "平方米", "㎞": "公里", "㎏": "公斤", "㎝": "厘米", "㎜": "毫米", "∑": "求和", "∈": "属于", "∪": "并", "∩": "交",
    "₿": "比特币",
}  # fmt: skip
_GREEK = {
    "α": "阿尔法", "β": "贝塔", "γ": "伽马", "δ": "德尔塔", "Δ": "德尔塔", "ε": "艾普西隆", "ζ": "泽塔", "η": "伊塔", "θ": "西塔",
    "λ": "兰姆达", "μ": "缪", "µ": "缪", "π": "派", "ρ": "柔", "σ": "西格玛", "Σ": "西格玛", "τ": "陶", "φ": "斐", "χ": "凯", "ψ": "普西",
    "ω": "欧米伽", "Ω": "欧姆",
}  # fmt: skip
_PAUSES = {
    ",": ",", "、": ",", ";": ";", ":": ":", "。": ".", ".": ".", "｡": ".", "!": "!", "?": "?", "(": ",", ")": ",", "[": ",", "]": ",",
    "{": ",", "}": ",", "【": ",", "】": ",", "〔": ",", "〕": ",", "〖": ",", "〗": ",", "•": ",", "|": ",", "●": ",", "■": ",",
    "◆": ",", "▪": ",", "､": ",", "‽": "?", "‼": "!", "⁉": "!", "¡": "", "¿": "", "︰": ":", "﹐": ",", "﹑": ",", "﹔": ";", "﹕": ":",
    "﹖": "?", "﹗": "!",
}  # fmt: skip
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_LETTER = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01c4-\u024f"
_WORD = rf"[{_LETTER}]+(?:['.&][{_LETTER}]+|-[{_LETTER}]{{2,}})*(?:\+\+)?"
_ABBREVIATION = r"(?:\b(?:[A-Z]\.){2,}|\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|Inc|Ltd|Co)\.(?= ?[A-Za-z]))"

#: More characters than this without white space or the end of a sentence are data, not a text.
LONGEST_SENTENCE = 2000

HAN_RULES = []
RULES = []
#: Rules that come before all others.
EARLY_RULES = []

rule(unspoken.MARKUP, EARLY_RULES)(unspoken.markup)


@rule(rf"(?<![^\s。!?;…])[^\s。!?;…]{{{LONGEST_SENTENCE + 1},}}", EARLY_RULES)
def data(match, text):
    return unspoken.match_left_out(match, f"{len(match[0]):,} characters without a space or the end of a sentence")


@rule(rf"[{HAN}]+", HAN_RULES)
def characters(match, text):
    return text.simplified(match[0])


@rule(r"(?<![A-Za-z])(?P<n>I{1,3}|IV|VI{0,3}|IX|XI{0,2})(?=[期级章类度卷部篇]|[A-C][期级])", RULES)
@rule(r"(?<![A-Za-z])(?P<n>I{1,3}|IV|VI{1,3}|IX|XI{1,2})(?=[型代世])", RULES)
def roman(match, text):
    """Read III期 as 三期; Ⅲ has become III before."""
    return cardinal(str(_ROMAN.index(match["n"]) + 1))


@rule(rf"(?:{_ABBREVIATION}|{_WORD})(?:[ ]+(?:{_ABBREVIATION}|{_WORD})){{0,60}}", RULES)
def english(match, text):
    """Read words in Latin letters as the English frontend does."""
    return text.english(match[0])


@rule(r"\n[ \t\r]*(?:\n\s*)+", RULES)
def paragraph(match, text):
    return "."


@rule(r"\s+", RULES)
def white_space(match, text):
    return ""


@rule(r"…+|\.{2,}|。{2,}|(?:· ?){3,}", RULES)
def ellipsis(match, text):
    """Read an ellipsis as the end of the sentence at the end of the text or line, else as a pause."""
    rest = text.text[match.end() : match.end() + 10].lstrip(" \t\"')]」』》")
    return "." if not rest or rest[0] == "\n" else ","


@rule(r"[!?]{2,}", RULES)
def cry(match, text):
    return "?" if "?" in match[0] else "!"


@rule(r"--+|[—–―]+|(?<=\s)-(?=\s)|(?<=[\u4e00-\u9fff])-(?=[\u4e00-\u9fff])", RULES)
def dash(match, text):
    """Read a dash as a pause, a single one between Chinese words as 到 only where numbers say so, so as a pause too."""
    return "-"


@rule(r"[~～〜]+", RULES)
def wave(match, text):
    """Read a wave between two words as 到 (北京～上海), at the end of one as nothing."""
    before, after = text.text[match.start() - 1 : match.start()], text.text[match.end() : match.end() + 1]
    return "到" if match.start() and before.strip(" ,.") and after.isalnum() else ""


_AMOUNT = re.compile("[0-9零一二两三四五六七八九十百千万点][多余]?[个元块角分斤克吨米里升度人次件公平方]{1,4}$")


@rule(r"/", RULES)
def slash(match, text):
    """Read "元/斤" as 元每斤, any other slash as a pause."""
    return "每" if _AMOUNT.search(text.text[max(0, match.start() - 12) : match.start()]) else ","


@rule(r"(?<=[A-Za-z])#", RULES)
def sharp(match, text):
    return "sharp"


@rule(rf"(?:(?![{HAN}{_LETTER}α-ωΑ-Ω]){LETTER})+(?:[^\W\d_{HAN}{_LETTER}])*", RULES)
def foreign_word(match, text):
    """Leave out a word of another script, but not the Chinese beside it."""
    script = unicodedata.name(match[0][0], "unknown").split()[0].capitalize()
    return unspoken.match_left_out(
        match, f"{script} letters; write it in Chinese characters, or use the frontend of its language"
    )


@rule(r".", RULES, re.DOTALL)
def sign(match, text):
    """Read a single sign: a pause, a name, nothing; whatever is left is left out, and told."""
    character = match[0]
    for table in (_PAUSES, _SIGNS, _GREEK):
        if character in table:
            return table[character]
    return "" if character in _SILENT else None


_SILENT = frozenset("\"'`“”‘’„「」『』《》〈〉﹁﹂﹃﹄*_#^~·・‧-\\™®©§¶†‡○□△▲▼◇★☆√↑↓←↔")
