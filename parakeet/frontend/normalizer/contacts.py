"""Web addresses, e-mail, telephone numbers, IP addresses, names with @ or #."""

import re

from parakeet.frontend.normalizer.numbers import cardinal, digits, number
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.resource import word_set

_TLD = (
    r"(?:com|org|net|edu|gov|mil|int|info|io|ai|app|dev|biz|co\.uk|co|uk|us|ca|de|fr|it|es|nl|ch|at|eu|ru|rs|cn|jp|in|au|br|tv|me"
    r"|ly|fm|gg|xyz)"
)
_HOST = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.){{1,9}}{_TLD}(?![A-Za-z0-9]|\.[A-Za-z])"
#: Ends of addresses that are spelled; the others ("com", "org", "net", "info" ...) are read as words.
_SPELLED = word_set(
    "uk us ca de fr es nl ch at eu ru rs cn jp au br tv ly fm gg usr xyz edu io ai www http https html php pdf ftp url api id"
)
#: Of these, the ones that are words where no dot stands before them.
_WORDS_TOO = word_set("us at id")
_SIGNS = {
    ".": "dot",
    "/": "slash",
    "-": "dash",
    "_": "underscore",
    "@": "at",
    ":": "colon",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "#": "hash",
    "%": "percent",
    "+": "plus",
    "~": "tilde",
    "\\": "backslash",
}

RULES = []


@rule(
    r"(?P<scheme>https?|ftp)://(?P<rest>[^\s<>\"'()]*[\w/])|(?P<www>www\.[^\s<>\"'()]*[\w/])|(?P<host>"
    + _HOST
    + r"(?::\d+)?(?:/(?:[^\s<>\"'()]*[\w/])?)?)(?!@)",
    RULES,
    re.IGNORECASE,
)
def web_address(match, text):
    address = match["rest"] or match["www"] or match["host"]
    if match["host"] and re.fullmatch(r"[A-Z][a-z]+\.[A-Z][a-z]*|[A-Za-z]\.[a-z]+", match["host"]):
        return None  # two sentences without a space, or an initial
    return read_address(address.rstrip("/"), text)


@rule(r"[A-Za-z0-9](?:[\w.+-]{0,62}\w)?@(?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z]{2,20}", RULES)
def mail_address(match, text):
    return read_address(match[0], text)


@rule(
    r"[A-Za-z0-9](?:[\w.-]{0,62}\w)?\.(?:html?|txt|pdf|py|js|json|ya?ml|csv|tsv|xml|md|png|jpe?g|gif|svg|wav|mp[34]|flac|ogg|zip|gz|tar|exe|"
    r"docx?|xlsx?|pptx?|sh|cpp|log|cfg|ini|toml|npz|npy)(?![\w]|\.\w)",
    RULES,
)
def file_name(match, text):
    return read_address(match[0], text)


@rule(r"@(?P<name>[A-Za-z_]\w+)", RULES)
def handle(match, text):
    return "at " + read_address(match["name"], text)


@rule(r"(?:~|\.{1,2})?/(?:[\w.-]+/)*\.?[\w-]+(?:\.\w+)*/?(?!\w)|[A-Z]:\\[\w\\.-]*\w", RULES)
def path(match, text):
    """Read a path of files that begins at a root, at home or at a dot: "~/music/a.wav", "C:\\temp"."""
    if text.before(match)[-1:].strip(" \t\n\"'(`") or (match[0][0] == "/" and match[0].count("/") == 1 and text.word_before(match.start())):
        return None
    return read_address(match[0], text)


@rule(r"#(?![A-Z]{1,3}\d)(?P<name>(?:\d+(?=[A-Z][a-z]))?[A-Za-z]\w+)", RULES)
def hashtag(match, text):
    return "hashtag " + read_address(match["name"], text)


def read_address(address, text):
    """Read an address: its words as words where the dictionary has them, other letter groups up to three spelled, signs by name."""
    spoken = []
    for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^A-Za-z0-9]", address):
        lower = part.lower()
        if part.isdecimal():
            spoken.append(cardinal(int(part)) if part[0] != "0" and (len(part) < 3 or re.fullmatch("[1-9]0{2,3}", part)) else digits(part))
        elif not part.isalpha():
            spoken.append(_SIGNS.get(part, ""))
        elif (
            (lower in _SPELLED and (lower not in _WORDS_TOO or spoken[-1:] == ["dot"]))
            or len(part) == 1
            or (len(part) < 4 and text.find(lower) is None)
            or not re.search("[aeiouy]", lower)
        ):
            spoken.append(" ".join(part.upper()))
        else:
            spoken.append(lower)
    return " ".join(spoken)


@rule(
    r"(?P<country>\+?\d{1,3}[ .-])?(?P<area>\(\d{3}\) ?|\d{3}[ .-])(?P<first>\d{3})[ .-](?P<last>\d{4})(?!\w|-\d)"
    r"|(?P<local>[2-9]\d\d)-(?P<number>\d{4})(?!\w|-\d)",
    RULES,
)
def telephone(match, text):
    if match["local"]:
        return f"{digits(match['local'])} , {digits(match['number'])}"
    area = "".join(filter(str.isdecimal, match["area"]))
    area = f"{cardinal(int(area[0]))} hundred" if area.endswith("00") and area[0] != "0" else digits(area)
    groups = [digits(match["country"] or ""), area, digits(match["first"]), digits(match["last"])]
    plus = "plus " if (match["country"] or "").startswith("+") else ""
    return plus + " , ".join(filter(None, groups))


@rule(r"(?:1-)?(?P<area>8\d\d|900)-(?P<words>[A-Z]{3,}(?:-[A-Z]{2,})*|[A-Z]{2,}(?:-[A-Z]{2,})+)(?!\w)", RULES)
def telephone_in_letters(match, text):
    """Read "1-800-FLOWERS"."""
    area = digits(match["area"]) if not match["area"].endswith("00") else f"{cardinal(int(match['area'][0]))} hundred"
    words = (word.lower() if text.find(word.lower()) else " ".join(word) for word in match["words"].split("-"))
    return ("one , " if match[0].startswith("1-") else "") + f"{area} , {' '.join(words)}"


@rule(r"x(?=\s?\d{1,5}(?!\w))", RULES)
def extension(match, text):
    return "extension" if re.search(r"\d{3}[-. ]\d{4},?\s$", text.before(match)) else None


@rule(r"(?P<number>[2-8]11)(?!\w|[.,]\d)", RULES)
def service_number(match, text):
    return digits(match["number"]) if text.word_before(match.start()).lower() in ("call", "dial", "called", "dialed") else None


@rule(r"(?<=ISBN )(?:97[89]-)?\d+(?:-\d+)+(?P<check>-?X)?", RULES)
def book_number(match, text):
    return " , ".join(digits(group) for group in re.findall(r"\d+", match[0])) + (" , X" if match["check"] else "")


@rule(r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?!\w)", RULES)
def international_telephone(match, text):
    if sum(map(str.isdecimal, match[0])) < 8:
        return None
    return "plus " + " , ".join(digits(group) for group in re.findall(r"\d+", match[0]))


@rule(r"\d{3}-\d\d-\d{4}(?!\w)|\d{4}(?:[ -]\d{4}){2,4}(?!\w)|\d{4} \d{6} \d{5}(?!\w)", RULES)
def long_code(match, text):
    return " , ".join(digits(group) for group in re.findall(r"\d+", match[0]))


@rule(r"911(?![\w,.]\d|\w)", RULES)
def emergency_call(match, text):
    return "nine one one"


@rule(r"\d{1,3}(?:\.\d{1,3}){3}(?::(?P<port>\d+))?(?:/(?P<bits>\d+))?(?!\w|\.\d)", RULES)
def ip_address(match, text):
    host = re.match(r"[\d.]+", match[0])[0]
    words = " dot ".join(number(group) for group in host.split("."))
    if match["port"]:
        words += f" port {number(match['port'])}"
    return words + (f" slash {number(match['bits'])}" if match["bits"] else "")


@rule(r"(?P<code>\d{3,8})(?!\w|[.,]\d)", RULES)
def secret_code(match, text):
    """Read "your code is 493021" digit by digit."""
    named = re.search(r"(?<!error )\b(?:code|pin|passcode|password|otp)(?:\sis)?[:\s]\s?$", text.before(match), re.IGNORECASE)
    return digits(match["code"]) if named else None


@rule(r"(?<=Python )\d\.\d\d|(?<=Node )\d+\.\d\d|(?<=CUDA )\d+\.\d\d|(?<=Ubuntu )\d\d\.\d\d(?!\w|\.\d)", RULES)
def version_of_two(match, text):
    """Read "Python 3.12" as "three point twelve"."""
    major, minor = match[0].split(".")
    return f"{number(major)} point {'oh ' if minor[0] == '0' else ''}{cardinal(int(minor))}"


@rule(r"[vV]?(?P<major>\d+)\.x(?!\w)", RULES)
def any_version(match, text):
    return f"{'version ' if match[0][0] in 'vV' else ''}{number(match['major'])} point X"


@rule(r"[A-Z]{2,}(?:_[A-Z0-9]+)+(?!\w)", RULES)
def constant(match, text):
    """Read "LOG_LEVEL" as its words."""
    return read_address(match[0], text)


@rule(r"(?:[vV]\.?(?=\d+\.\d))?(?P<version>(?<=[vV])\d+\.\d+|\d+(?:\.\d+){2,})(?:(?P<early>a|b|rc|dev)\.?(?P<try>\d+))?(?!\w|\.\d)", RULES)
def version(match, text):
    words = " point ".join(number(group) for group in match["version"].split("."))
    if match["early"]:
        early = match["early"] if match["early"] == "dev" else " ".join(match["early"].upper())
        words += f" {early} {number(match['try'])}"
    return f"version {words}" if match[0][0] in "vV" else words
