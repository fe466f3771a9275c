"""Sums of money."""

from parakeet.frontend.normalizer.numbers import NUMBER, SIGN, cardinal, number, read_sign
from parakeet.frontend.normalizer.scanner import rule
from parakeet.frontend.normalizer.units import PER, PER_UNIT, is_adjective, read_per

_SCALE = r"(?:[ -]?(?P<scale>thousand|million|billion|trillion|hundred|[kK]|[mM]illion|mn|[mM]|bn|[bB]|tn|T)\b)?"
_SCALES = {
    "k": "thousand",
    "m": "million",
    "mn": "million",
    "b": "billion",
    "bn": "billion",
    "t": "trillion",
    "tn": "trillion",
}

#: sign: (one, many, one hundredth, many hundredths).
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₽": ("ruble", "rubles", "kopek", "kopeks"),
    "₩": ("won", "won", "", ""),
    "₿": ("bitcoin", "bitcoins", "", ""),
    "R$": ("brazilian real", "brazilian reals", "centavo", "centavos"),
    "₪": ("shekel", "shekels", "agora", "agorot"),
    "₺": ("lira", "lira", "kurush", "kurush"),
    "₱": ("peso", "pesos", "centavo", "centavos"),
    "₴": ("hryvnia", "hryvnias", "kopiyka", "kopiykas"),
    "฿": ("baht", "baht", "satang", "satang"),
    "₫": ("dong", "dong", "", ""),
    "₦": ("naira", "naira", "kobo", "kobo"),
    "Rs": ("rupee", "rupees", "paisa", "paise"),
}
_PREFIXES = {
    "US": "U S ",
    "C": "canadian ",
    "CA": "canadian ",
    "A": "australian ",
    "AU": "australian ",
    "NZ": "new zealand ",
    "HK": "hong kong ",
    "S": "singapore ",
    "": "",
}
#: Codes of ISO 4217: the sign whose names they take, and what stands before these.
_CODES = {
    "USD": ("$", "U S "),
    "CAD": ("$", "canadian "),
    "AUD": ("$", "australian "),
    "NZD": ("$", "new zealand "),
    "HKD": ("$", "hong kong "),
    "SGD": ("$", "singapore "),
    "MXN": ("₱", "mexican "),
    "EUR": ("€", ""),
    "GBP": ("£", "british "),
    "JPY": ("¥", "japanese "),
    "INR": ("₹", "indian "),
    "BTC": ("₿", ""),
    "CHF": ("CHF", ""),
    "CNY": ("CNY", ""),
    "RMB": ("CNY", ""),
    "SEK": ("SEK", "swedish "),
    "NOK": ("SEK", "norwegian "),
    "DKK": ("SEK", "danish "),
}
_CURRENCIES |= {
    "CHF": ("swiss franc", "swiss francs", "rappen", "rappen"),
    "CNY": ("yuan", "yuan", "", ""),
    "SEK": ("krona", "kronor", "ore", "ore"),
}
_CODE = f"(?P<code>{'|'.join(_CODES)})"
_SIGNS = "[$€£¥₹₽₩₿₪₺₱₴฿₫₦]"

RULES = []


@rule(
    SIGN
    + r"(?P<area>US|CA|AU|NZ|HK|C|A|S)?(?P<currency>" + _SIGNS + r"|(?<!\w)R\$|(?<!\w)Rs\.?(?=\s?\d))(?P<minus>-)?\s?(?P<amount>"
    + NUMBER
    + r")"
    + _SCALE
    + r"(?:\s?[-–—]\s?(?P<until>"
    + NUMBER
    + r")(?:\s?(?P<scale2>million|billion|trillion|[kKmMbB]|bn|tn)\b)?)?"
    + PER_UNIT,
    RULES,
)
def money(match, text):
    return _money(match, text, match["currency"].rstrip("."), _PREFIXES[match["area"] or ""])


@rule(SIGN + r"(?P<amount>" + NUMBER + r")" + _SCALE + r"\s?(?P<currency>(?!\$)" + _SIGNS + r"|\$(?!\d))" + PER_UNIT, RULES)
def money_behind(match, text):
    return _money(match, text, match["currency"], "")


@rule(SIGN + _CODE + r"\s?(?P<amount>" + NUMBER + r")" + _SCALE + PER_UNIT + r"(?!\w)", RULES)
@rule(SIGN + r"(?P<amount>" + NUMBER + r")" + _SCALE + r"\s?" + _CODE + r"(?!\w)" + PER_UNIT, RULES)
def money_with_code(match, text):
    return _money(match, text, *_CODES[match["code"]])


@rule(r"(?P<sign>[$€£])/(?P<per>" + "|".join(sorted(PER, key=len, reverse=True)) + r")(?!\w)", RULES)
def rate(match, text):
    """Read "$/kg", the head of a column."""
    return f"{_CURRENCIES[match['sign']][1]} per {PER[match['per']]}"


@rule(r"(?P<amount>" + NUMBER + r")\s?¢", RULES)
def cents(match, text):
    return f"{number(match['amount'])} cent{'s' * (match['amount'] != '1')}"


def _money(match, text, sign, prefix):
    one, many, small, smalls = _CURRENCIES[sign]
    amount, scale = match["amount"].replace(",", ""), match["scale"]
    if match.groupdict().get("until"):
        return f"{read_sign(match)}{_scaled(amount, scale)} to {_scaled(match['until'], match['scale2'])} {prefix}{many}{read_per(match)}"
    single = is_adjective(match, text)
    whole, _, hundredths = amount.partition(".")
    if scale:
        words = f"{_scaled(amount, scale)} {prefix}{one if single else many}"
    elif len(hundredths) == 2 and small:
        parts = []
        if int(whole or 0):
            parts.append(f"{cardinal(int(whole))} {prefix}{one if int(whole) == 1 or single else many}")
        if int(hundredths):
            parts.append(f"{cardinal(int(hundredths))} {small if int(hundredths) == 1 or single else smalls}")
        words = " and ".join(parts) if parts else f"zero {prefix}{many}"
    else:
        words = f"{number(amount)} {prefix}{one if amount == '1' or single else many}"
    return read_sign(match) + words + read_per(match)


def _scaled(amount, scale):
    return number(amount) + (f" {_SCALES.get(scale.lower(), scale.lower())}" if scale else "")
