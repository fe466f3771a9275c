"""What neighbours do to tones: reduplicated verbs, 一, 不, and third tones before third tones.

The rules are those of Chao, A Grammar of Spoken Chinese (1968), 1.3.6; which third tones change in a longer row follows from words being
joined from the right, inner ones first: 展览·馆 2 2 3, 小·老虎 3 2 3, 我·很·好 3 2 3.
"""

from dataclasses import dataclass

from parakeet.frontend.mandarin.pronunciation import USER
from parakeet.frontend.mandarin.segmentation import segmenter
from parakeet.frontend.resource import word_set

_DIGITS = "零一二三四五六七八九幺"
#: Verbs of one character whose second, when said twice, is neutral: 看看, 试试.
_VERBS = frozenset(
    "看试走听说想等玩尝问找坐写读用做学练谈聊逛洗歇笑摸猜查穿吃喝跑跳动挑选算瞧闻讲修补管帮劝教改转散遛晒扫擦理养救求比量称点念背记"
    "翻挪搬拉推抱亲逗哄议商数站躺靠睡跟陪打唱弹画拍照考"
)
#: Words that end in 一 and whose 一 belongs to what follows: 这一次, 每一天.
_OPEN_ONE = frozenset("这那每某另有同哪任又再前后上下头进都")
#: What makes an ordinal, or a name, of a 一 before it: 一月, 一等奖, 一次方.
_ORDINAL_AFTER = tuple(word_set("月 号 楼 班 级 流 等奖 等功 等品 等舱 等公民 审 环 中全会 年级 把手 维 次方 元论 等于"))
_NOT_VERBS = frozenset("并毫决绝从永也都还就才再又很且则若但既莫无好更最太真却倒总只光独")
_COMPLEMENTS = word_set(
    "懂 到 见 完 了 起 下 出 住 清 动 着 开 上 得 成 掉 够 惯 透 清楚 出来 起来 下去 上去 过来 过去 进去 回来 明白 下来 上来"
)
_MODALS = frozenset("能会要想敢肯该愿应是")


@dataclass
class _Syllable:
    """A syllable with its character and the word it belongs to."""

    character: str
    text: str
    word: object
    is_last: bool

    @property
    def tone(self):
        return self.text[-1]

    def set_tone(self, tone):
        if self.word.source != USER:
            self.text = self.text[:-1] + tone


def apply_sandhi(words):
    """Change the tones of words that stand together; a user's words stay as they are.

    Args:
        words (list[Word]): of one run of characters, without punctuation between; their ``syllables`` are changed.
    """
    rows = [_syllables_of(word) for word in words]
    flat = [syllable for row in rows for syllable in row]
    _reduplicate(flat)
    for place, syllable in enumerate(flat):
        if syllable.character == "一" and syllable.text == "yi1":
            syllable.set_tone(_tone_of_one(flat, place))
        elif syllable.character == "不" and syllable.text == "bu4":
            syllable.set_tone(_tone_of_not(flat, place))
    _lift_third_tones([_lift_within(word, row) for word, row in zip(words, rows, strict=True) if row])
    for word, row in zip(words, rows, strict=True):
        if word.source != USER:
            word.syllables = [syllable.text for syllable in row]


def _syllables_of(word):
    """Pair the syllables of a word with their characters; a 儿 merged by erhua has none of its own."""
    characters = list(word.text)
    if len(characters) != len(word.syllables):
        characters = [character for place, character in enumerate(characters) if not (place and character == "儿")]
    if len(characters) != len(word.syllables):
        characters = [""] * len(word.syllables)
    last = len(word.syllables) - 1
    return [
        _Syllable(character, text, word, place == last)
        for place, (character, text) in enumerate(zip(characters, word.syllables, strict=True))
        if text[-1] in "12345"
    ]


def _reduplicate(flat):
    """Make the second of a verb said twice neutral; a third tone before it rises, as it does before the tone that was there."""
    for place in range(len(flat) - 1):
        first, second = flat[place], flat[place + 1]
        if first.character != second.character or first.character not in _VERBS or first.text != second.text:
            continue
        before = flat[place - 1].character if place else ""
        after = flat[place + 2].character if place + 2 < len(flat) else ""
        if (
            before == first.character
            or after == first.character
            or (first.word is second.word and len(first.word.text) > 2)
        ):
            continue
        if first.tone == "3":
            first.set_tone("2")
        second.set_tone("5")


def _tone_of_one(flat, place):
    """Find the tone of 一: 2 before a fourth tone, 4 before others, 5 between a verb said twice, 1 in numbers, names and at an end."""
    syllable = flat[place]
    before = flat[place - 1].character if place else ""
    if place + 1 == len(flat):
        return "1"
    following = flat[place + 1]
    after = "".join(syllable.character for syllable in flat[place + 1 : place + 4])
    if before and before == following.character and before in _VERBS:
        return "5"
    if syllable.word.text == "一五一十":
        return "4"
    if _is_name_or_digit(before, after):
        return "1"
    ends_word = syllable.is_last and len(syllable.word.text) > 1
    if ends_word and syllable.word.text[0] not in _OPEN_ONE:
        return "1"
    return "2" if following.tone == "4" or following.character == "个" else "4"


def _is_name_or_digit(before, after):
    """Say whether 一 between these characters tells which one (第一, 一月, 星期一) or is a digit (一九九八, 十一, 一点五)."""
    if after[0] in "百千万亿":
        return before in _DIGITS and before != ""
    if before and before in "第初周期拜十" + _DIGITS:
        return True
    if (
        (before == "百" and after[0] == "十")
        or (before == "月" and after[0] == "日")
        or (before == "点" and after[0] in _DIGITS)
    ):
        return True
    if after[0] in _DIGITS or after.startswith(_ORDINAL_AFTER):
        return True
    digit_follows = len(after) > 1 and after[1] in _DIGITS
    return digit_follows and (after[0] in "加减乘除比杠" or (after[0] == "点" and after[2:] not in ("十", "分", "刻")))


def _tone_of_not(flat, place):
    """Find the tone of 不: 2 before a fourth tone, 5 within a verb that is asked (去不去) or can't be done (听不懂), else 4."""
    if place + 1 == len(flat):
        return "4"
    syllable, following = flat[place], flat[place + 1]
    before = flat[place - 1] if place else None
    if before is not None and before.character == following.character:
        return "5"
    if before is not None and _is_potential(before, syllable, following):
        return "5"
    return "2" if following.tone == "4" else "4"


def _is_potential(before, syllable, following):
    """Say whether 不 stands between a verb and what it leads to: 看不见, 听不懂."""
    verb = before.character in "对差巴大了受" or segmenter().tag(before.character)[:1] == "v"
    if not verb or before.character in _NOT_VERBS:
        return False
    if before.word is syllable.word:
        return len(before.word.text) == 3 and before.word.text[1] == "不"
    if before.character in _MODALS or len(before.word.text) > 1:
        return False
    rest = syllable.word.text[1:] if len(syllable.word.text) > 1 else following.word.text
    return rest in _COMPLEMENTS


def _lift_within(word, row):
    """Change the third tones inside a word, inner parts first."""
    if sum(syllable.tone == "3" for syllable in row) > 1 and word.source != USER:
        if len(row) == 3 and len(word.text) == 3:
            cut = 2 if _binds(word.text[:2]) >= _binds(word.text[1:]) else 1
            _lift_third_tones([row[:cut], row[cut:]], inner=True)
        else:
            pairs = [row[start : start + 2] for start in range(0, len(row), 2)]
            _lift_third_tones(pairs, inner=True)
    return row


def _binds(pair):
    return segmenter().frequency(pair)


def _lift_third_tones(parts, inner=False):
    """Join parts from the right: a third tone before one that is still a third tone becomes a second."""
    if inner:
        for part in parts:
            _lift_third_tones([[syllable] for syllable in part])
    for left, right in zip(reversed(parts[:-1]), reversed(parts[1:]), strict=True):
        if left[-1].tone == "3" and right[0].tone == "3":
            left[-1].set_tone("2")
