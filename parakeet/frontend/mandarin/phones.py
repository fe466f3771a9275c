"""Pinyin syllables and the phones they are made of: an initial, a final with its tone, and the r of erhua."""

import functools
import unicodedata

from parakeet.frontend.resource import word_set

# fmt: off
INITIALS = ("b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s")
#: ``ii`` is the vowel of zi, ci, si; ``iii`` that of zhi, chi, shi, ri; ``v`` is ü; each is written out: iou, uei, uen.
FINALS = (
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "ong", "er", "i", "ii", "iii", "ia", "io", "ie", "iao", "iou", "ian",
    "in", "iang", "ing", "iong", "u", "ua", "uo", "uai", "uei", "uan", "uen", "uang", "ueng", "v", "ve", "van", "vn",
)
# fmt: on
#: The tones: 1 high, 2 rising, 3 low, 4 falling, 5 neutral.
TONES = "12345"
#: The r that erhua puts after a final: ``hua1`` + 儿 = ``h ua1 rr``. A phone of its own, as of 195 finals with it few are ever heard.
RHOTIC = "rr"

#: Every phone of Mandarin; they share no name with ARPAbet, which is in capitals.
PHONES = (*INITIALS, *(final + tone for final in FINALS for tone in TONES), RHOTIC)

# As pinyin is written, without its tones; ü is v after n and l, u after j, q, x and y.
_SYLLABLES = word_set("""
    a o e ai ei ao ou an en ang eng er
    ba bo bai bei bao ban ben bang beng bi bie biao bian bin bing bu
    pa po pai pei pao pou pan pen pang peng pi pie piao pian pin ping pu
    ma mo me mai mei mao mou man men mang meng mi mie miao miu mian min ming mu
    fa fo fei fou fan fen fang feng fu
    da de dai dei dao dou dan den dang deng dong di dia die diao diu dian ding du duo dui duan dun
    ta te tai tei tao tou tan tang teng tong ti tie tiao tian ting tu tuo tui tuan tun
    na ne nai nei nao nou nan nen nang neng nong ni nia nie niao niu nian nin niang ning nu nuo nuan nun nv nve
    la lo le lai lei lao lou lan lang leng long li lia lie liao liu lian lin liang ling lu luo luan lun lv lve
    ga ge gai gei gao gou gan gen gang geng gong gu gua guo guai gui guan gun guang
    ka ke kai kei kao kou kan ken kang keng kong ku kua kuo kuai kui kuan kun kuang
    ha he hai hei hao hou han hen hang heng hong hu hua huo huai hui huan hun huang
    ji jia jie jiao jiu jian jin jiang jing jiong ju jue juan jun
    qi qia qie qiao qiu qian qin qiang qing qiong qu que quan qun
    xi xia xie xiao xiu xian xin xiang xing xiong xu xue xuan xun
    zha zhe zhi zhai zhei zhao zhou zhan zhen zhang zheng zhong zhu zhua zhuo zhuai zhui zhuan zhun zhuang
    cha che chi chai chao chou chan chen chang cheng chong chu chua chuo chuai chui chuan chun chuang
    sha she shi shai shei shao shou shan shen shang sheng shu shua shuo shuai shui shuan shun shuang
    ran rao rou ren rang reng rong ri re ru rua ruo rui ruan run
    za ze zi zai zei zao zou zan zen zang zeng zong zu zuo zui zuan zun
    ca ce ci cai cei cao cou can cen cang ceng cong cu cuo cui cuan cun
    sa se si sai sei sao sou san sen sang seng song su suo sui suan sun
    ya yo ye yao you yan yin yang ying yong yi yu yue yuan yun
    wa wo wai wei wan wen wang weng wu
""")

# fmt: off
_WITHOUT_INITIAL = {
    "yi": "i", "yin": "in", "ying": "ing", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn", "wu": "u", "you": "iou", "wei": "uei",
    "wen": "uen",
}
# fmt: on
_WRITTEN_SHORT = {"iu": "iou", "ui": "uei", "un": "uen"}
# Interjections that are written without a vowel, and the rare ê.
_ODD = {"n": "en", "ng": "en", "m": "mu", "hm": "heng", "hng": "heng", "ê": "ei", "lüan": "luan", "yai": "ya"}
_TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}


def is_syllable(text):
    """Say whether a text is a pinyin syllable with its tone as a number: ``zhong1``, ``lv4``, ``ma5``, with erhua ``huar1``."""
    base, tone = text[:-1], text[-1:]
    return bool(tone) and tone in TONES and (base in _SYLLABLES or (base.endswith("r") and base[:-1] in _SYLLABLES))


def syllables():
    """Return every syllable with every tone, without erhua, sorted."""
    return [base + tone for base in sorted(_SYLLABLES) for tone in TONES]


def spelled(text):
    """Return a syllable in this module's spelling where it is written another usual way (``lü4``, ``lu:4``, ``nue4``), else as it is."""
    text = text.replace("u:", "v").replace("ü", "v")
    return {"nue": "nve", "lue": "lve"}.get(text[:-1], text[:-1]) + text[-1:]


@functools.cache
def numbered(marked):
    """Return a syllable whose tone is a mark (``zhōng``, ``lǜ``, ``ma``) with its tone as a number (``zhong1``, ``lv4``, ``ma5``).

    Returns:
        str or None: None where it is no syllable of Mandarin.
    """
    tone, letters = "5", []
    for character in unicodedata.normalize("NFD", marked):
        if character in _TONE_MARKS:
            tone = _TONE_MARKS[character]
        else:
            letters.append(character)
    base = unicodedata.normalize("NFC", "".join(letters))
    syllable = spelled(_ODD.get(base, base) + tone)
    return syllable if is_syllable(syllable) else None


@functools.cache
def phones_of(syllable):
    """Return the phones of a syllable that ``is_syllable`` accepts.

    Returns:
        tuple[str]: the initial, if there is one, the final with its tone, and ``RHOTIC`` where it has erhua.
    """
    base, tone = syllable[:-1], syllable[-1]
    rhotic = base not in _SYLLABLES
    initial, final = _split(base[:-1] if rhotic else base)
    return (*((initial,) if initial else ()), final + tone, *((RHOTIC,) if rhotic else ()))


def _split(base):
    """Cut a syllable without tone into its initial ("" if there is none) and its final as ``FINALS`` names it."""
    if base in _WITHOUT_INITIAL:
        return "", _WITHOUT_INITIAL[base]
    if base[0] in "yw":
        return "", {"y": "i", "w": "u"}[base[0]] + base[1:]
    initial = next((initial for initial in (base[:2], base[:1]) if initial in INITIALS), "")
    final = base[len(initial) :]
    if initial in ("j", "q", "x") and final[0] == "u":
        return initial, "v" + final[1:]
    if final == "i" and initial in ("z", "c", "s"):
        return initial, "ii"
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return initial, "iii"
    return initial, _WRITTEN_SHORT.get(final, final)
