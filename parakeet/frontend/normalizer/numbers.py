"""Numbers in words, as spoken in the United States: "one hundred twenty three", without "and", hyphens or commas."""

#: What a number looks like: digits with or without commas and a decimal point.
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
#: A sign before it, which no word, bracket, percent sign or dot precedes.
SIGN = r"(?P<sign>(?<![\w)\]%°.])[+-])?"

_SMALL = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion")
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

#: Numbers with more digits, and those of ten digits or more that are neither round nor grouped by commas, are read digit by digit.
MOST_DIGITS = 3 * len(_SCALES)
LONG_CODE = 10


def cardinal(number):
    """Return an int of at most 24 digits in words: 123 -> "one hundred twenty three"."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number == 0:
        return "zero"
    words, scale = [], 0
    while number:
        number, group = divmod(number, 1000)
        if group:
            words.insert(0, f"{_below_thousand(group)} {_SCALES[scale]}".rstrip())
        scale += 1
    return " ".join(words)


def _below_thousand(number):
    hundreds, rest = divmod(number, 100)
    words = [_SMALL[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        words.append(TENS[rest // 10 - 2])
        rest %= 10
    if rest:
        words.append(_SMALL[rest])
    return " ".join(words)


def ordinal(number):
    """Return the ordinal of an int: 21 -> "twenty first"."""
    return to_ordinal(cardinal(number))


def to_ordinal(words):
    """Turn the words of a cardinal into those of its ordinal."""
    *front, last = words.split()
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return " ".join([*front, last])


def plural(words):
    """Return words with the last one in the plural: "twenty" -> "twenties", "half" -> "halves"."""
    if words.endswith("half"):
        return words[:-1] + "ves"
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("s", "x", "ch", "sh")) else "s")


def digits(text):
    """Read digit by digit: "007" -> "zero zero seven"."""
    return " ".join(_SMALL[int(character)] for character in text if character.isdecimal())


def number(text):
    """Read digits with commas and a decimal point: "1,234.50" -> "one thousand two hundred thirty four point five zero"."""
    whole, point, fraction = text.replace(",", "").partition(".")
    is_code = "," not in text and not point and len(whole) >= LONG_CODE and not whole.endswith("000")
    if is_code or len(whole) > MOST_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        words = digits(whole)
    else:
        words = cardinal(int(whole)) if whole else ""
    return f"{words} point {digits(fraction)}".strip() if point and fraction else words


def year(value):
    """Read a year: 1905 -> "nineteen oh five", 2000 -> "two thousand", 2024 -> "twenty twenty four"."""
    if value % 1000 < 10 or not 1000 <= value < 10000:
        return cardinal(value)
    century, rest = divmod(value, 100)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def from_roman(roman):
    """Return the value of a Roman numeral in capitals: "XIV" -> 14."""
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}[letter] for letter in roman]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def pairs(text):
    """Read a number of a name or a code: "747" -> "seven forty seven", "1080" -> "ten eighty", "500" -> "five hundred"."""
    if len(text) > 4 or text.startswith("0"):
        return digits(text)
    value = int(text)
    if len(text) < 3 or value % 1000 == 0:
        return cardinal(value)
    front, rest = divmod(value, 100)
    if rest == 0:
        return f"{cardinal(front)} hundred"
    return f"{cardinal(front)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def read_sign(match):
    """Return the words of the groups ``sign`` and ``minus`` of a match: "minus ", "plus " or ""."""
    if match["sign"] == "-" or match.groupdict().get("minus"):
        return "minus "
    return "plus " if match["sign"] else ""
