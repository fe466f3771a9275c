"""Erhua: 儿 as the r that ends the syllable before it (花儿 huar1), or as a syllable of its own (女儿 nv3 er2)."""

from parakeet.frontend.resource import word_set

# 儿 as a child, a person, a place; in most other words it is a suffix.
_SYLLABLE = word_set("""
    女儿 婴儿 幼儿 孤儿 健儿 男儿 少儿 胎儿 宠儿 混血儿 孙儿 患儿 小儿 新生儿 产儿 早产儿 侄儿 妻儿 弃儿 育儿 孩儿 孪生儿 畸形儿 流浪儿
    托儿 生儿 吾儿 爱儿 女婴儿 痴儿 娇儿 乳儿 足月儿 试管婴儿 童儿 弱智儿 儿 父儿 龟儿 麟儿 大儿 二儿 我儿 吉普赛儿 好男儿 热血男儿
""")
_BEFORE_SUFFIX = frozenset("这那哪花事玩味鸟门猫狗鱼虫歌词曲块点会空活信字画圈头样份根边面角片丝座名数劲准干")
#: Behind 儿, these begin a word with it: 儿子, 儿童, 儿女.
_SUFFIX_AFTER = tuple("子歌童女科媳")


def merge_er(words):
    """Make one syllable of each 儿 that is a suffix and the syllable before it.

    Args:
        words (list[Word]): of one run of characters; their ``syllables`` are changed.

    Returns:
        list[Word]: the same, where a 儿 that was cut off as a word of its own belongs to the word before.
    """
    merged = []
    for place, word in enumerate(words):
        following = words[place + 1].text if place + 1 < len(words) else ""
        if word.text == "儿" and merged and _belongs_to(merged[-1], word, following):
            word = merged.pop()
            word.text += "儿"
            word.syllables = [*word.syllables, "er2"]
        if len(word.text) > 1 and word.source != "user lexicon":
            _merge_within(word)
        merged.append(word)
    return merged


def _belongs_to(before, er, following):
    """Say whether a 儿 that was cut off as a word of its own is a suffix of the word before it."""
    if (
        before.source == "user lexicon"
        or before.piece != er.piece
        or not before.syllables
        or following.startswith(_SUFFIX_AFTER)
    ):
        return False
    return before.text in _BEFORE_SUFFIX or (len(before.text) > 1 and before.text + "儿" not in _SYLLABLE)


def _merge_within(word):
    """Merge every 儿 of a word but at its beginning, where none was merged yet."""
    if len(word.syllables) != len(word.text) or "儿" not in word.text[1:]:
        return
    syllables = []
    for place, (character, syllable) in enumerate(zip(word.text, word.syllables, strict=True)):
        if character == "儿" and syllables and syllable[:2] == "er" and _merges(word.text, place):
            syllables[-1] = rhotic(syllables[-1])
        else:
            syllables.append("er2" if character == "儿" else syllable)
    word.syllables = syllables


def _merges(text, place):
    follows = text[place + 1 : place + 2]
    if follows and follows in "子童女歌科园所媳":
        return False
    if text[place - 1] == "孩" and place > 1:
        return True
    return not any(text[start : place + 1] in _SYLLABLE for start in range(place))


def rhotic(syllable):
    """Return a syllable with the r of erhua; 二 and the like, which end in it, stay."""
    return syllable if syllable[:-1].endswith("r") else syllable[:-1] + "r" + syllable[-1]
