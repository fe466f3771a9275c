"""Rebuild the table from traditional to simplified characters from OpenCC's ``TSCharacters.txt`` (Apache-2.0).

python scripts/build_mandarin_resources.py path/to/TSCharacters.txt     # writes parakeet/frontend/resources/mandarin_traditional.txt
"""

import argparse
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "parakeet" / "frontend" / "resources" / "mandarin_traditional.txt"
HEADER = """\
# Traditional characters and the simplified ones they become, in pairs.
# Made by scripts/build_mandarin_resources.py from TSCharacters.txt of OpenCC (Open Chinese Convert), copyright the OpenCC authors,
# Apache License 2.0; where it gives several, the first one. Left out are characters outside of the basic plane.
# Characters that are read by their neighbours (乾 著 瞭 藉) are not here but in parakeet/frontend/mandarin/normalizer.
"""
BY_NEIGHBOURS = "乾著瞭藉"
ALSO = {"妳": "你", "牠": "它", "祂": "他", "喫": "吃", "甯": "宁"}


def main():
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    lines = parser.parse_args().source.read_text(encoding="utf-8").splitlines()
    pairs = {old: new.split()[0] for old, _, new in (line.partition("\t") for line in lines)}
    pairs |= ALSO
    pairs = {old: pairs.get(new, new) for old, new in pairs.items() if old != new and old not in BY_NEIGHBOURS}
    pairs = {old: new for old, new in pairs.items() if max(old + new) < "\U00010000"}
    content = [old + new for old, new in sorted(pairs.items())]
    rows = ["".join(content[first : first + 30]) for first in range(0, len(content), 30)]
    TABLE.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{TABLE}: {len(content)} characters")


if __name__ == "__main__":
    main()
