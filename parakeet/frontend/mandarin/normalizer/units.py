"""Units of measure, and the measure words in front of which 2 is 两 (liǎng)."""

import re

# Upper and lower case matter in most of them: MB, mb, Mb; those of the second table are read in any case.
_EXACT = {
    "m": "米", "g": "克", "t": "吨", "L": "升", "l": "升", "s": "秒", "h": "小时", "V": "伏", "W": "瓦", "K": "K", "Pa": "帕",
    "Hz": "赫兹", "mA": "毫安", "mAh": "毫安时", "Ah": "安时", "MW": "兆瓦", "mW": "毫瓦", "GW": "吉瓦", "MPa": "兆帕", "GB": "G B",
    "MB": "M B", "KB": "K B", "kB": "K B", "TB": "T B", "Mbps": "兆比特每秒", "Gbps": "吉比特每秒", "kbps": "千比特每秒", "°": "度",
    "′": "分", "″": "秒", "ha": "公顷", "eV": "电子伏", "mol": "摩尔", "Ω": "欧姆", "kΩ": "千欧", "℃": "摄氏度", "°C": "摄氏度",
    "℉": "华氏度", "°F": "华氏度", "rpm": "转每分钟", "mph": "英里每小时", "fps": "帧每秒", "bpm": "次每分钟",
}  # fmt: skip
_ANY_CASE = {
    "mmhg": "毫米汞柱", "km": "公里", "cm": "厘米", "mm": "毫米", "dm": "分米", "nm": "纳米", "μm": "微米", "µm": "微米", "um": "微米",
    "kg": "公斤", "mg": "毫克", "μg": "微克", "µg": "微克", "ug": "微克", "ml": "毫升", "dl": "分升", "ms": "毫秒", "min": "分钟",
    "hr": "小时", "kv": "千伏", "kw": "千瓦", "kwh": "千瓦时", "khz": "千赫", "mhz": "兆赫", "ghz": "吉赫", "db": "分贝", "kpa": "千帕",
    "hpa": "百帕", "kj": "千焦", "kcal": "千卡", "cal": "卡", "lb": "磅", "lbs": "磅", "oz": "盎司", "ft": "英尺", "mile": "英里",
    "miles": "英里", "km2": "平方公里", "m2": "平方米", "cm2": "平方厘米", "m3": "立方米", "cm3": "立方厘米", "m²": "平方米",
    "km²": "平方公里", "cm²": "平方厘米", "mm²": "平方毫米", "m³": "立方米", "cm³": "立方厘米", "㎡": "平方米", "㎞": "公里",
    "㎝": "厘米", "㎜": "毫米", "㎏": "公斤", "㎎": "毫克", "㎥": "立方米", "㏄": "毫升", "cc": "毫升",
}  # fmt: skip


def _alternatives(table):
    return "|".join(re.escape(unit) for unit in sorted(table, key=len, reverse=True))


_UNIT = f"(?:{_alternatives(_EXACT)}|(?i:{_alternatives(_ANY_CASE)}))"
_PER = r"(?:s|h|hr|min|d|kg|g|mg|m|km|cm|[mM]?[lL]|d[lL]|m²|m³|m2|m3|cm²|cm³|㎡|秒|分钟|小时|天|日|月|年|斤|公斤|人|次|件|吨|升|米|平方米|"
_PER += r"袋|瓶|盒|箱|包|桶|台|辆|套|个|户|亩|页|张|位)"
#: A unit, with what it is for each of ("km/h"), as it stands behind a number.
UNIT = rf"(?P<unit>{_UNIT})(?:/(?P<per>{_PER}))?(?![A-Za-z0-9²³])"


def unit_name(unit):
    """Return a unit in Chinese, itself where it is Chinese already."""
    return _EXACT.get(unit) or _ANY_CASE.get(unit.lower()) or {"d": "天", "mL": "毫升", "dL": "分升"}.get(unit, unit)


def spoken_unit(match):
    """Read the unit of a match of ``UNIT``: "km/h" is 公里每小时."""
    return unit_name(match["unit"]) + (f"每{unit_name(match['per'])}" if match["per"] else "")


#: Measure words, and nouns that are counted without one. Not 月 日 号 级 等 班 楼 路 线 维 手 胎 代: 2月 is 二月.
MEASURE = (
    "(?:个|只(?!是|能|有|要)|夜|晚|条|张|把(?!手)|本(?!科)|辆|台|部(?!分|门)|件|位|名|口(?!腔|红)|头|匹|棵|朵|颗|粒|块|片|座|间|栋|幢|所|家|户|套|双|"
    "对|副|根|支|枝|盏|架|艘|份|封|篇|首|则|段|句|场|次(?!方|元)|趟|回|遍|顿|天|年(?!级|代)|周|秒|分(?!之|机)|小时|刻|岁|元(?!论)|角|毛|"
    "斤|公斤|千克|克|吨|米|厘米|毫米|公里|千米|平方|立方|里|尺|寸|亩|公顷|升|毫升|杯|瓶|碗|盘|袋|盒|箱|包|桶|罐|壶|滴|堆|群|批|组|排|列|"
    "行|层|种|类|样|倍|折|步|人|国(?!道)|地|省|县|校|方|岸|侧|边|端|者|星期|礼拜|点|成|度|股|笔|款|项|届|架|美元|欧元|英镑|港元|日元|"
    "万|亿|千|倍|轮|局|盘|门|帧|集|章|页|字|道|幅|顶|面|节|课|任|盆|束|串|筐|车|节|伏|瓦|卡|磅|英尺|英寸|英里|摄氏度|立方|海里|光年|平米|小|大)"
)
