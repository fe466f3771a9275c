"""Signs of code, of shells and of screens: arrows, comparisons, options, menus."""

from parakeet.frontend.normalizer.scanner import rule

RULES = []


@rule(r"([^\w\s.,;:!?'\"()\[\]{}])\1{3,}", RULES)
def drawn_line(match, text):
    """Read a line of signs ("=====", "~~~~") as a pause."""
    return "-" if match[1].isascii() else None


@rule(r"[-=]+>|<[-=]+(?=\s)", RULES)
def arrow(match, text):
    return "to" if match[0].endswith(">") else "from"


@rule(r"==|!=|[<>]=", RULES)
def comparison(match, text):
    words = {"==": "equals", "!=": "not equal to", ">=": "greater than or equal to", "<=": "less than or equal to"}
    return words[match[0]]


@rule(r"(?P<function>[fghP])\((?P<argument>[a-zA-Z0-9])\)(?!\w)", RULES)
def function(match, text):
    return f"{match['function'].upper()} of {match['argument'].upper()}" if match["argument"].isalpha() else None


@rule(r"(?m:^)\$(?=\s[A-Za-z.])", RULES)
def shell_prompt(match, text):
    return ""


@rule(r"(?<=\S\s)\|(?=\s\S)", RULES)
def bar(match, text):
    return ","


@rule(r"(?<=[^\W\d_]{2}\s)>(?=\s[A-Z][a-z])", RULES)
def menu_step(match, text):
    """Read the steps of "File > Open"."""
    return ","


@rule(r"(?<=GMT)-(?=\d)|(?<=UTC)-(?=\d)", RULES)
def time_zone(match, text):
    return "minus"


@rule(r"(?<=\s)--?(?=[A-Za-z](?:\d+)?(?:\s|\Z)|(?<=--)[a-z])", RULES)
def option(match, text):
    """Read the dash of "make -j 8"."""
    return "dash"


@rule(r"(?P<letter>[CF])#(?!\w)", RULES)
def sharp(match, text):
    return f"{match['letter']} sharp"


@rule(r"(?<!\S)\.(?=[A-Za-z]{2,4}(?!\w))|(?<=[a-z0-9_]{2})\.(?=[a-z_]{2})", RULES)
def dot(match, text):
    """Read ".com", ".py", "os.path"."""
    return "dot"
