"""Cut the font of the figures out of WenQuanYi Micro Hei.

Needs Debian's fonts-wqy-microhei and python3-fonttools:

    python3 subset.py /usr/share/fonts/truetype/wqy/wqy-microhei.ttc

writes microhei.ttf.gz: Latin, Greek, punctuation, arrows, mathematics and the
6,763 Han of GB 2312 (levels 1 and 2), without hinting and layout tables. The
same input and the same fontTools give the same bytes.
"""

import gzip
import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

BLOCKS = [
    (0x0020, 0x007E), (0x00A0, 0x017F),  # Latin with accents: ŷ
    (0x0300, 0x036F), (0x0370, 0x03FF),  # Greek
    (0x2000, 0x206F), (0x2070, 0x209F),  # punctuation, superscripts
    (0x2100, 0x218F), (0x2190, 0x21FF),  # ℓ, ½, arrows
    (0x2200, 0x22FF), (0x2300, 0x23FF),  # mathematics
    (0x2460, 0x2473), (0x25A0, 0x25FF),  # ①, shapes
    (0x2600, 0x27BF),  # ✓
    (0x3000, 0x303F), (0xFF00, 0xFFEF),  # Chinese punctuation, full width
]


def wanted():
    runes = {r for first, last in BLOCKS for r in range(first, last + 1)}
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                runes.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass  # five places at the end of level 1 are empty
    return runes


def main(source):
    font = TTCollection(source).fonts[0]
    font.recalcTimestamp = False
    options = Options()
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "vhea", "vmtx"]
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    with open("microhei.ttf.gz", "wb") as out:
        with gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            font.save(packed)


if __name__ == "__main__":
    main(sys.argv[1])
