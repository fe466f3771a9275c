"""Surnames that are read otherwise than the same character in other words."""

from parakeet.frontend.mandarin.segmentation import segmenter
from parakeet.frontend.resource import word_set

_SURNAMES = {
    "单": "shan4", "仇": "qiu2", "曾": "zeng1", "解": "xie4", "查": "zha1", "区": "ou1", "朴": "piao2", "任": "ren2", "华": "hua4",
    "盖": "ge3", "翟": "zhai2", "覃": "qin2", "缪": "miao4", "宁": "ning4", "乐": "yue4", "员": "yun4", "种": "chong2", "折": "she2",
    "燕": "yan1", "那": "na1", "应": "ying1", "葛": "ge3", "柏": "bai3", "卜": "bu3", "车": "che1", "贾": "jia3", "冼": "xian3",
    "尹": "yin3", "繁": "po2", "秘": "bi4", "过": "guo1", "召": "shao4", "晟": "cheng2", "干": "gan1", "石": "shi2", "重": "zhong4",
    "曲": "qu1", "强": "qiang2", "都": "du1", "万": "wan4", "於": "yu1", "洗": "xian3", "宓": "mi4", "隗": "kui2", "郇": "xun2",
    "逄": "pang2",
}  # fmt: skip
#: Those that are words of their own so often that only a title or 姓 makes a surname of them.
_COMMON = word_set("解 查 区 任 那 应 种 折 员 过 乐 宁 都 万 干 重 强 曲 车 洗 单 石 召 秘 繁 盖 华")
_TITLES = word_set("""
    先生 女士 小姐 太太 老师 教授 博士 医生 大夫 护士 律师 经理 总经理 董事长 总裁 主任 局长 处长 科长 部长 市长 省长 校长 院长 所长 队长
    书记 主席 总理 将军 司令 师傅 同学 同志 总 董 工 老 导 某 某某 夫人 老板 警官 法官 编辑 记者 导演
    教练 氏 家 姓 老先生 大爷 大妈 阿姨 叔叔 院士
""")
_FORMS_OF_ADDRESS = word_set("先生 女士 小姐 太太 老师 老先生 大爷 大妈 阿姨 叔叔 夫人 师傅")
_BEFORE = word_set("姓 老 小 阿 叫")
#: Characters that begin no given name: 曾以, 曾在.
_NO_NAME = frozenset("以在是有被经因于为与和任多向对到获从两三几一二用把就的了着过凭说")
_VERBS = word_set("说 道 问 答 笑道 表示 认为 指出 告诉 是 在 和 与 来 去 介绍 回忆 透露")


def surname_reading(texts, place):
    """Return the reading of the surname that a word is, or begins with, or None where it is none or is read as usual.

    Args:
        texts (Sequence[str]): the words of a run of characters.
        place (int): of the word.
    """
    text = texts[place]
    reading = _SURNAMES.get(text[0])
    if reading is None:
        return None
    before = texts[place - 1] if place else ""
    after = texts[place + 1] if place + 1 < len(texts) else ""
    if len(text) == 1:
        if (
            text == "任"
            and after not in _FORMS_OF_ADDRESS
            and segmenter().tag(before).startswith(("n", "r", "d", "t", "m"))
        ):
            return None  # 他任书记: he served as
        named = before in _BEFORE - {"叫"} and (before != "小" or after in _TITLES or after in _VERBS)
        titled = after in _TITLES - {"家", "工", "总", "老", "导", "姓"} or (after in _TITLES and text not in _COMMON)
        given = text not in _COMMON and 0 < len(after) < 3 and not segmenter().frequency(after)
        return reading if before == "姓" or titled or given or (named and text not in _COMMON) else None
    titled = text[1:] in _TITLES and text[1:] not in ("家", "工", "老", "导", "总", "氏")
    if titled or before in ("叫", "名叫", "姓名"):
        return reading
    if text[0] in _COMMON or text[1] in _NO_NAME or len(text) > 3:
        return None
    # A word of the dictionary is a name only where it says so; what was guessed to be a word may be one.
    return reading if segmenter().tag(text) == "nr" or not segmenter().frequency(text) else None
