"""Writes grapheme_data.inc: the class that each code point has in the reference's rule of grapheme clusters, asked from the library itself.

python make_grapheme_data.py > grapheme_data.inc      needs `pip install tokenizers` (0.22.2 was used, whose rule is that of Unicode 16)

The Precompiled normaliser looks clusters of less than 6 bytes up as a whole. With a map in which every byte becomes "b", the length of the answer
is 1 for such a cluster and the number of characters for a longer one, which tells where clusters end. Classes that no answer can tell apart are one.
"""
import struct

import tokenizers
from tokenizers import normalizers

CODE_POINTS = [c for c in range(0x80, 0x110000) if not 0xD800 <= c < 0xE000]
PICTURE, ZWJ, MARK, VIRAMA, KA = "\u00a9", "\u200d", "\u0301", "\u094d", "\u0915"
NAMES = ("control", "extend", "linker", "joiner", "spacing", "prepend", "l", "v", "t", "lv", "lvt", "picture", "consonant")


def every_byte_to_b():
    units = [0] * 1024
    units[0] = 256 << 10
    for byte in range(1, 256):
        units[256 + byte] = byte | 1 << 8 | (256 ^ 512) << 10
    return normalizers.Precompiled(struct.pack("<I1024I", 4096, *units) + b"b\0")


NORMALIZER = every_byte_to_b()


def n(text):
    return len(NORMALIZER.normalize_str(text))


def joins_after(before, c):
    """Is c in one cluster with `before`, itself of at least 3 bytes? A mark after c makes c's own cluster two characters that count as one."""
    return n(before + c + MARK) == len(before) + 2


def class_of(c):
    if n("a" + c) == 1:  # extends what stands before it
        if c == ZWJ:
            return "joiner"
        if n(PICTURE + c + ZWJ + PICTURE + MARK) != 5:
            return "spacing"
        if joins_after(KA + c, KA) if len(c.encode()) < 3 else n(KA + c + KA + MARK) == 4:
            return "linker"
        return "extend" if n(KA + VIRAMA + c + KA + MARK) == 5 else "spacing_extend"
    if n(c + MARK + "\u0302") == (2 if len(c.encode()) > 1 else 1) and n(c + MARK) == 2 or (len(c.encode()) == 4 and n(c + MARK + "\u0302") == 2):
        return "control"
    if n(c + "a") == 1 or (len(c.encode()) == 4 and n(c + "a" + MARK) == 3):
        return "prepend"
    if len(c.encode()) == 4 and n(c + "\u11a8" + MARK) == 3:
        return "v" if n(c + "\u1161" + MARK) == 3 else "t"
    after_l, after_lv, after_lvt = (len(c.encode()) < 4 and joins_after(x, c) for x in ("\u1100", "\uac00", "\uac01"))
    if after_l or after_lv:
        if after_lvt:
            return "t"
        if after_lv:
            return "v"
        if n(c + "\u1100" + MARK) == 3:
            return "l"
        return "lv" if n(c + "\u1161" + MARK) == 3 else "lvt"
    if n(c + ZWJ + PICTURE + MARK) == 4:
        return "picture"
    if n(c + VIRAMA + KA + MARK) == 4:
        return "consonant"
    return None


def main():
    ranges = []
    for code_point in CODE_POINTS:
        kind = class_of(chr(code_point))
        if kind is None:
            continue
        if ranges and ranges[-1][1] == code_point - 1 and ranges[-1][2] == kind:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point, kind])
    syllables = [r for r in ranges if r[2] in ("lv", "lvt")]
    assert syllables[0][0] == 0xAC00 and syllables[-1][1] == 0xD7A3
    assert all(r[2] == ("lv" if (r[0] - 0xAC00) % 28 == 0 else "lvt") for r in syllables)
    print(f"// Written by make_grapheme_data.py from tokenizers {tokenizers.__version__}: do not edit.")
    print("\n// Code points over 0x7F that have a class; Hangul syllables are told apart by arithmetic.")
    print("constexpr GraphemeRange kGraphemes[] = {")
    row = "   "
    for first, last, kind in ranges:
        if kind in ("lv", "lvt"):
            continue
        item = f" {{0x{first:X}, 0x{last:X}, {kind}}},"
        if len(row) + len(item) > 140:
            print(row)
            row = "   "
        row += item
    print(row)
    print("};")


if __name__ == "__main__":
    main()
