"""Writes unicode_data.inc: what the reference (Hugging Face tokenizers) takes each code point for, asked from the library itself.

python make_unicode_data.py > unicode_data.inc      needs `pip install tokenizers` (0.22.2 was used) and libutf8proc 2.8

The reference mixes the Unicode data of several Rust crates (categories of Unicode 8, normalisation of 13, lower case and \\w of 16), so no
single Unicode version gives its answers. The categories are written as ranges; lower case and decompositions as the differences from utf8proc.
"""
import ctypes

import tokenizers
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
UTF8PROC = ctypes.CDLL("libutf8proc.so.2")
UTF8PROC.utf8proc_version.restype = ctypes.c_char_p


class Property(ctypes.Structure):
    _fields_ = [("category", ctypes.c_int16), ("combining_class", ctypes.c_int16)]


UTF8PROC.utf8proc_get_property.restype = ctypes.POINTER(Property)
UTF8PROC.utf8proc_tolower.restype = ctypes.c_int32


def bert(**on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return N.BertNormalizer(**{**off, **on}).normalize_str


def ranges(name, comment, holds):
    out = []
    for c in CODE_POINTS:
        if not holds(chr(c)):
            continue
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    print(f"\n// {comment}")
    print(f"constexpr Range {name}[] = {{")
    row = "   "
    for first, last in out:
        item = f" {{0x{first:X}, 0x{last:X}}},"
        if len(row) + len(item) > 140:
            print(row)
            row = "   "
        row += item
    print(row)
    print("};")


def decompose(c, options):
    buffer, boundary = (ctypes.c_int32 * 64)(), ctypes.c_int(0)
    n = UTF8PROC.utf8proc_decompose_char(c, buffer, 64, options, ctypes.byref(boundary))
    return list(buffer[:n])


def differences(name, comment, reference, ours):
    print(f"\n// {comment}")
    print(f"constexpr Mapping {name}[] = {{")
    for c in CODE_POINTS:
        want = [ord(x) for x in reference(chr(c))]
        if want == ours(c):
            continue
        assert 1 <= len(want) <= 2, (hex(c), want)
        print(f"    {{0x{c:X}, {{{', '.join(f'0x{x:X}' for x in want)}}}}},")
    print("};")


def marks_that_start(c):
    """Has a combining class in utf8proc, none in the reference: it then stays behind or before marks that it would pass."""
    ours = UTF8PROC.utf8proc_get_property(c).contents.combining_class
    nfd = N.NFD().normalize_str
    moves = any(nfd(text) != text for text in (chr(c) + "\u0334", "\u0345" + chr(c)))
    assert ours != 0 or not moves, hex(c)
    return ours != 0 and not moves


ALL = "".join(map(chr, CODE_POINTS))
CATEGORIES = "Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co".split()  # in utf8proc's order


def regex_members(pattern):
    """The code points that a class of the reference's regular expressions (Oniguruma) holds."""
    return {ord(c) for text, _ in P.Split(tokenizers.Regex(f"(?:{pattern})+"), "removed", invert=True).pre_tokenize_str(ALL) for c in text}


def category_differences():
    print("\n// General category of the reference's regular expressions where utf8proc says otherwise; a category is its place in utf8proc's list.")
    print("constexpr CategoryRange kCategoryDifferences[] = {")
    out = []
    want = {c: i for i, name in enumerate(CATEGORIES) if name != "Cs" for c in regex_members(rf"\p{{{name}}}")}
    for c in CODE_POINTS:
        if want[c] == UTF8PROC.utf8proc_category(c):
            continue
        if out and out[-1][1] == c - 1 and out[-1][2] == want[c]:
            out[-1][1] = c
        else:
            out.append([c, c, want[c]])
    row = "   "
    for first, last, category in out:
        item = f" {{0x{first:X}, 0x{last:X}, {category}}},"
        if len(row) + len(item) > 140:
            print(row)
            row = "   "
        row += item
    print(row)
    print("};")


clean = bert(clean_text=True)
strip = bert(strip_accents=True)
split = P.BertPreTokenizer().pre_tokenize_str
words = P.Whitespace().pre_tokenize_str

print(f"// Written by make_unicode_data.py from tokenizers {tokenizers.__version__} and utf8proc {UTF8PROC.utf8proc_version().decode()}: do not edit.")
ranges("kOther", "What clean_text removes: control, format, private use, NUL and U+FFFD.", lambda s: clean(f"a{s}b") == "ab")
ranges("kSpace", "Unicode white space.", lambda s: [p for p, _ in split(f"a{s}b")] == ["a", "b"])
ranges("kPunctuation", "What stands alone for BERT: ASCII punctuation and symbols, Unicode punctuation.",
       lambda s: [p for p, _ in split(f"a{s}b")] == ["a", s, "b"])
ranges("kNonspacingMark", "What BERT's strip_accents removes after decomposition (Mn).", lambda s: strip(s) == "")
ranges("kMark", "What the StripAccents normaliser removes (Mn, Mc, Me).", lambda s: N.StripAccents().normalize_str(s) == "")
ranges("kWord", "\\w of the reference's regular expressions.", lambda s: len(words(f"a{s}b")) == 1)
numbers = regex_members(r"\p{N}")
word_characters = regex_members(r"\w")
ranges("kDigitsDifferences", "Where the Digits pre-tokeniser and \\p{N} disagree.",
       lambda s: (len(P.Digits().pre_tokenize_str(f"a{s}")) == 2) != (ord(s) in numbers))
ranges("kRegexWordDifferences", "Where \\w of Split and Replace (Oniguruma) and \\w of Whitespace (another library) disagree.",
       lambda s: (len(words(f"a{s}b")) == 1) != (ord(s) in word_characters))
category_differences()
differences("kLowerDifferences", "Lower case where utf8proc_tolower says otherwise.", N.Lowercase().normalize_str,
            lambda c: [UTF8PROC.utf8proc_tolower(c)])
differences("kCanonicalDifferences", "Canonical decomposition where utf8proc says otherwise.", N.NFD().normalize_str, lambda c: decompose(c, 1 << 4 | 2))
differences("kCompatibilityDifferences", "Compatibility decomposition where utf8proc says otherwise.", N.NFKD().normalize_str,
            lambda c: decompose(c, 1 << 4 | 1 << 2 | 2))
ranges("kNotCombining", "Marks that utf8proc reorders and the reference does not.", lambda s: decompose(ord(s), 1 << 4 | 2) == [ord(s)] and marks_that_start(ord(s)))
last_parts = {parts[-1] for parts in (decompose(c, 1 << 4 | 2) for c in CODE_POINTS) if len(parts) > 1}
ranges("kComposesBackward", "What may be composed with the character before it: the last part of some canonical decomposition.", lambda s: ord(s) in last_parts)
