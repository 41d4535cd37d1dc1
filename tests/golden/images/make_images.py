#!/usr/bin/env python3
"""Makes the small pictures of this folder and what PIL reads in them.

  make_images.py        writes NAME.ENDING and NAME.ENDING.ppm (the pixels of Image.open(file).convert("RGB")) beside itself

Needs Pillow and numpy; made with Pillow 13.0.0 and numpy 2.4. What Pillow does not write (16-bit colour and interlaced PNG, tiled and planar TIFF, run-length BMP, …)
is put together by hand from the formats' specifications.
"""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, HEIGHT = 23, 17
random = np.random.default_rng(7)


def photo(width=WIDTH, height=HEIGHT):
    """Smooth colours with a little noise and an edge, as bytes (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width]
    red = 40 + 200 * x / width
    green = 127 + 110 * np.sin(y / 3.0 + x / 7.0)
    blue = np.where(x + y > 20, 220.0, 30.0) - 5 * y
    out = np.stack([red, green, blue], axis=-1) + random.normal(0, 4, (height, width, 3))
    return np.clip(out, 0, 255).astype(np.uint8)


RGB = photo()
GREY = RGB[..., 1]
ALPHA = (np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 7 % 256).astype(np.uint8)
RGB16 = (RGB.astype(np.uint16) << 8) | random.integers(0, 256, RGB.shape, dtype=np.uint16)
INDEX = (np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 5 // 3 % 16).astype(np.uint8)
PALETTE = [(i * 37 % 256, i * 91 % 256, 255 - i * 13 % 256) for i in range(16)]


def put(name, content):
    (HERE / name).write_bytes(content)
    image = Image.open(io.BytesIO(content)).convert("RGB")
    (HERE / (name + ".ppm")).write_bytes(b"P6 %d %d 255\n" % image.size + image.tobytes())


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


# ---- JPEG


def jpegs():
    image = Image.fromarray(RGB)
    put("colour.jpg", saved(image, "JPEG", quality=85))
    put("no_subsampling.jpg", saved(image, "JPEG", quality=95, subsampling=0))
    put("progressive.jpg", saved(image, "JPEG", quality=70, progressive=True))
    put("restarts.jpg", saved(image, "JPEG", quality=70, restart_marker_blocks=1))
    put("grey.jpg", saved(image.convert("L"), "JPEG"))
    put("cmyk.jpg", saved(image.convert("CMYK"), "JPEG", quality=90))
    put("kept_rgb.jpg", saved(image, "JPEG", quality=90, keep_rgb=True))
    exif = Image.Exif()
    exif[0x0112] = 6
    put("turned_exif.jpg", saved(image, "JPEG", exif=exif))


# ---- PNG


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_rows(samples, depth):
    """(height, width, channels) numbers → filtered rows."""
    out = b""
    for row in samples:
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row.flatten())
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        out += b"\0" + line
    return out


def png(samples, colour, depth, interlaced=False, palette=None, transparent=None):
    samples = samples if samples.ndim == 3 else samples[..., None]
    height, width = samples.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in passes] if interlaced else [samples]
    data = b"".join(png_rows(part, depth) for part in parts if part.size)
    out = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    if palette:
        out += png_chunk(b"PLTE", b"".join(bytes(c) for c in palette))
    if transparent:
        out += png_chunk(b"tRNS", transparent)
    return out + png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b"")


def pngs():
    for depth in (1, 2, 4):
        put(f"grey{depth}.png", png(GREY >> (8 - depth), 0, depth))
        put(f"palette{depth}.png", png(INDEX % (1 << depth), 3, depth, palette=PALETTE[: 1 << depth]))
    put("grey8.png", png(GREY, 0, 8))
    put("grey16.png", png(GREY.astype(np.uint16) * 3, 0, 16))
    put("rgb8.png", png(RGB, 2, 8))
    put("rgb16.png", png(RGB16, 2, 16))
    put("palette8.png", png(INDEX, 3, 8, palette=PALETTE))
    put("palette_alpha.png", png(INDEX, 3, 8, palette=PALETTE, transparent=bytes(range(0, 160, 10))))
    put("palette_short.png", png(INDEX, 3, 8, palette=PALETTE[:9]))
    put("grey_transparent.png", png(GREY, 0, 8, transparent=struct.pack(">H", int(GREY[0, 0]))))
    put("rgb_transparent.png", png(RGB, 2, 8, transparent=struct.pack(">HHH", *map(int, RGB[0, 0]))))
    put("grey_alpha8.png", png(np.dstack([GREY, ALPHA]), 4, 8))
    put("grey_alpha16.png", png(np.dstack([RGB16[..., 0], RGB16[..., 1]]), 4, 16))
    put("rgba8.png", png(np.dstack([RGB, ALPHA]), 6, 8))
    put("rgba16.png", png(np.dstack([RGB16, RGB16[..., 0]]), 6, 16))
    put("interlaced_rgb8.png", png(RGB, 2, 8, interlaced=True))
    put("interlaced_rgba16.png", png(np.dstack([RGB16, RGB16[..., 0]]), 6, 16, interlaced=True))
    put("interlaced_palette4.png", png(INDEX, 3, 4, interlaced=True, palette=PALETTE))
    put("interlaced_grey1.png", png(GREY >> 7, 0, 1, interlaced=True))
    put("one_pixel.png", png(RGB[:1, :1], 2, 8))


# ---- WebP


def webps():
    image = Image.fromarray(RGB)
    with_alpha = Image.fromarray(np.dstack([RGB, ALPHA]))
    put("lossy.webp", saved(image, "WEBP", quality=80))
    put("lossless.webp", saved(image, "WEBP", lossless=True))
    put("lossy_alpha.webp", saved(with_alpha, "WEBP", quality=80))
    put("lossless_alpha.webp", saved(with_alpha, "WEBP", lossless=True, exact=True))
    other = Image.fromarray(255 - RGB)
    put("animated.webp", saved(image, "WEBP", save_all=True, append_images=[other], lossless=True))
    put("animated_lossy_alpha.webp", saved(with_alpha, "WEBP", save_all=True, append_images=[other.convert("RGBA")], quality=75))
    # A first frame that is smaller than the canvas.
    bare = saved(Image.fromarray(RGB[:6, :8]), "WEBP", lossless=True)[12:]
    u24 = lambda n: struct.pack("<I", n)[:3]
    frame = u24(2) + u24(1) + u24(7) + u24(5) + u24(100) + b"\0" + bare
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + u24(WIDTH - 1) + u24(HEIGHT - 1)
    body += b"ANIM" + struct.pack("<I", 6) + b"\xff\xff\xff\xff\0\0" + b"ANMF" + struct.pack("<I", len(frame)) + frame
    put("small_first_frame.webp", b"RIFF" + struct.pack("<I", len(body)) + body)


# ---- GIF


def gif_codes(indices, bits):
    """LZW without compression: a clear code before the width of the codes would grow."""
    out, held, n_held = bytearray(), 0, 0
    per_clear = (1 << bits) - 2
    codes = []
    for i, v in enumerate(indices):
        if i % per_clear == 0:
            codes.append(1 << bits)
        codes.append(int(v))
    codes.append((1 << bits) + 1)
    for code in codes:
        held |= code << n_held
        n_held += bits + 1
        while n_held >= 8:
            out.append(held & 255)
            held >>= 8
            n_held -= 8
    out.append(held & 255)
    blocks = b"".join(bytes([len(out[i : i + 255])]) + bytes(out[i : i + 255]) for i in range(0, len(out), 255))
    return bytes([bits]) + blocks + b"\0"


def gif(screen, at, indices, palette=None, local=None, interlaced=False, transparent=None, bits=4):
    height, width = indices.shape
    flags = 0x80 | (len(palette).bit_length() - 2) if palette else 0
    out = b"GIF89a" + struct.pack("<HHBBB", *screen, flags, 3, 0) + b"".join(bytes(c) for c in palette or [])
    if transparent is not None:
        out += b"!\xf9\x04" + struct.pack("<BHB", 1, 0, transparent) + b"\0"
    rows = list(range(height))
    if interlaced:
        rows = rows[0::8] + rows[4::8] + rows[2::4] + rows[1::2]
    flags = (0x40 if interlaced else 0) | (0x80 | (len(local).bit_length() - 2) if local else 0)
    out += b"," + struct.pack("<HHHHB", *at, width, height, flags) + b"".join(bytes(c) for c in local or [])
    return out + gif_codes(indices[rows].flatten(), bits) + b";"


def gifs():
    quantized = Image.fromarray(RGB).quantize(64)
    put("quantized.gif", saved(quantized, "GIF"))
    put("grey.gif", saved(Image.fromarray(GREY), "GIF"))
    put("animated.gif", saved(quantized, "GIF", save_all=True, append_images=[Image.fromarray(255 - RGB).quantize(64)], duration=100))
    put("large.gif", saved(Image.fromarray(random.integers(0, 256, (70, 90), dtype=np.uint8)), "GIF"))
    screen = (WIDTH, HEIGHT)
    put("interlaced.gif", gif(screen, (0, 0), INDEX, PALETTE, interlaced=True))
    put("offset.gif", gif(screen, (3, 2), INDEX[:5, :7], PALETTE))
    put("offset_transparent.gif", gif(screen, (3, 2), INDEX[:5, :7], PALETTE, transparent=5))
    put("local_palette.gif", gif(screen, (0, 0), INDEX, PALETTE, local=PALETTE[::-1]))
    put("no_palette.gif", gif(screen, (0, 0), INDEX, None))
    put("short_palette.gif", gif(screen, (0, 0), INDEX, PALETTE[:4]))
    put("over_the_screen.gif", gif((5, 5), (3, 2), INDEX[:9, :7], PALETTE))


# ---- TIFF

SHORT, LONG, RATIONAL = 3, 4, 5


def tiff(width, height, tags, pieces, tiled=False, order="<"):
    """`tags`: number → list of shorts; `pieces`: the strips or tiles."""
    fields = {256: (LONG, [width]), 257: (LONG, [height]), **{k: (SHORT, v) for k, v in tags.items()}}
    fields[324 if tiled else 273] = (LONG, [0] * len(pieces))
    fields[325 if tiled else 279] = (LONG, [len(p) for p in pieces])
    at = 8
    offsets = []
    for piece in pieces:
        offsets.append(at)
        at += len(piece) + len(piece) % 2
    fields[324 if tiled else 273] = (LONG, offsets)
    directory, extra = struct.pack(order + "H", len(fields)), b""
    extra_at = at + 2 + 12 * len(fields) + 4
    for tag in sorted(fields):
        kind, values = fields[tag]
        content = struct.pack(order + ("H" if kind == SHORT else "I") * len(values), *values)
        if len(content) > 4:
            place = struct.pack(order + "I", extra_at + len(extra))
            extra += content + b"\0" * (len(content) % 2)
        else:
            place = content.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, kind, len(values)) + place
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at)
    return head + b"".join(p + b"\0" * (len(p) % 2) for p in pieces) + directory + struct.pack(order + "I", 0) + extra


def bits_of(samples, depth):
    return b"".join(png_rows(row[None], depth)[1:] for row in samples)


def tiles_of(array, tile):
    height, width = array.shape[:2]
    out = []
    for y in range(0, height, tile):
        for x in range(0, width, tile):
            full = np.zeros((tile, tile) + array.shape[2:], array.dtype)
            part = array[y : y + tile, x : x + tile]
            full[: part.shape[0], : part.shape[1]] = part
            out.append(full.tobytes())
    return out


def tiffs():
    image = Image.fromarray(RGB)
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        put(f"rgb_{compression.split('_')[-1]}.tif", saved(image, "TIFF", compression=compression))
    put("group4.tif", saved(image.convert("1"), "TIFF", compression="group4"))
    put("grey8.tif", saved(Image.fromarray(GREY), "TIFF"))
    put("grey16.tif", saved(Image.fromarray(GREY.astype(np.uint16) * 3), "TIFF"))
    put("grey_float.tif", saved(Image.fromarray(GREY.astype(np.float32) * 1.7 - 20), "TIFF"))
    put("grey_int32.tif", saved(Image.fromarray(GREY.astype(np.int32) * 2 - 40), "TIFF"))
    put("palette.tif", saved(image.quantize(32), "TIFF"))
    put("cmyk.tif", saved(image.convert("CMYK"), "TIFF"))
    put("rgba.tif", saved(Image.fromarray(np.dstack([RGB, ALPHA])), "TIFF", compression="tiff_lzw"))
    put("grey_alpha.tif", saved(Image.fromarray(np.dstack([GREY, ALPHA])), "TIFF"))
    put("ycbcr.tif", saved(image.convert("YCbCr"), "TIFF", compression="tiff_lzw"))
    for orientation in range(2, 9):
        put(f"orientation{orientation}.tif", saved(image, "TIFF", tiffinfo={274: orientation}))
    one = {258: [8], 259: [1], 277: [1]}
    three = {258: [8] * 3, 259: [1], 262: [2], 277: [3]}
    put("white_is_zero.tif", tiff(WIDTH, HEIGHT, {**one, 262: [0], 278: [HEIGHT]}, [GREY.tobytes()]))
    put("white_is_zero1.tif", tiff(WIDTH, HEIGHT, {**one, 258: [1], 262: [0], 278: [HEIGHT]}, [bits_of(GREY >> 7, 1)]))
    put("grey2.tif", tiff(WIDTH, HEIGHT, {**one, 258: [2], 262: [1], 278: [HEIGHT]}, [bits_of(GREY >> 6, 2)]))
    put("grey4.tif", tiff(WIDTH, HEIGHT, {**one, 258: [4], 262: [1], 278: [HEIGHT]}, [bits_of(GREY >> 4, 4)]))
    strips = [RGB[y : y + 5].tobytes() for y in range(0, HEIGHT, 5)]
    put("strips.tif", tiff(WIDTH, HEIGHT, {**three, 278: [5]}, strips))
    put("tiled.tif", tiff(WIDTH, HEIGHT, {**three, 322: [16], 323: [16]}, tiles_of(RGB, 16), tiled=True))
    planes = [np.ascontiguousarray(RGB[..., c]) for c in range(3)]
    put("planes.tif", tiff(WIDTH, HEIGHT, {**three, 284: [2], 278: [HEIGHT]}, [p.tobytes() for p in planes]))
    deflated = [zlib.compress(p.tobytes()) for p in planes]
    put("planes_deflate.tif", tiff(WIDTH, HEIGHT, {**three, 259: [8], 284: [2], 278: [HEIGHT]}, deflated))
    wide = {**three, 258: [16] * 3, 278: [HEIGHT]}
    put("rgb16.tif", tiff(WIDTH, HEIGHT, wide, [RGB16.astype("<u2").tobytes()]))
    put("rgb16_big_endian.tif", tiff(WIDTH, HEIGHT, wide, [RGB16.astype(">u2").tobytes()], order=">"))
    four = {258: [8] * 4, 259: [1], 262: [2], 277: [4], 278: [HEIGHT]}
    scaled = (RGB.astype(np.uint16) * ALPHA[..., None] // 255).astype(np.uint8)
    put("premultiplied.tif", tiff(WIDTH, HEIGHT, {**four, 338: [1]}, [np.dstack([scaled, ALPHA]).tobytes()]))
    put("unspecified_alpha.tif", tiff(WIDTH, HEIGHT, {**four, 338: [0]}, [np.dstack([RGB, ALPHA]).tobytes()]))


# ---- BMP


def bmp(width, height, bits, rows, palette=(), compression=0, masks=b"", colours=None, old=False):
    if old:
        head = struct.pack("<IHHHH", 12, width, height, 1, bits)
        table = b"".join(bytes(c[::-1]) for c in palette)
    else:
        n = len(palette) if colours is None else colours
        head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(rows), 0, 0, n, 0)
        table = b"".join(bytes(c[::-1]) + b"\0" for c in palette)
    at = 14 + len(head) + len(masks) + len(table)
    return b"BM" + struct.pack("<IHHI", at + len(rows), 0, 0, at) + head + masks + table + rows


def bmp_rows(lines):
    return b"".join(line + b"\0" * (-len(line) % 4) for line in lines)


def bmps():
    image = Image.fromarray(RGB)
    put("rgb24.bmp", saved(image, "BMP"))
    put("grey8.bmp", saved(Image.fromarray(GREY), "BMP"))
    put("palette8.bmp", saved(image.quantize(64), "BMP"))
    put("bilevel.bmp", saved(image.convert("1"), "BMP"))
    put("rgba32.bmp", saved(Image.fromarray(np.dstack([RGB, ALPHA])), "BMP"))
    put("palette4.bmp", bmp(WIDTH, HEIGHT, 4, bmp_rows(bits_of(r[None], 4) for r in INDEX[::-1]), PALETTE))
    put("palette1.bmp", bmp(WIDTH, HEIGHT, 1, bmp_rows(bits_of(r[None] & 1, 1) for r in INDEX[::-1]), PALETTE[3:5]))
    put("top_down.bmp", bmp(WIDTH, -HEIGHT, 24, bmp_rows(np.ascontiguousarray(r[:, ::-1]).tobytes() for r in RGB)))
    put("os2.bmp", bmp(WIDTH, HEIGHT, 4, bmp_rows(bits_of(r[None], 4) for r in INDEX[::-1]), PALETTE, old=True))
    five = RGB.astype(np.uint16) >> 3
    p555 = (five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]).astype("<u2")
    put("rgb555.bmp", bmp(WIDTH, HEIGHT, 16, bmp_rows(r.tobytes() for r in p555[::-1])))
    p565 = (five[..., 0] << 11 | (RGB[..., 1].astype(np.uint16) >> 2) << 5 | five[..., 2]).astype("<u2")
    masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
    put("rgb565.bmp", bmp(WIDTH, HEIGHT, 16, bmp_rows(r.tobytes() for r in p565[::-1]), compression=3, masks=masks))
    xbgr = np.dstack([ALPHA, RGB[..., ::-1]])
    masks = struct.pack("<III", 0xFF000000, 0xFF0000, 0xFF00)
    put("fields32.bmp", bmp(WIDTH, HEIGHT, 32, b"".join(r.tobytes() for r in xbgr[::-1]), compression=3, masks=masks))
    runs = b""
    for row in INDEX[::-1]:
        x = 0
        while x < WIDTH:
            n = 1
            while x + n < WIDTH and row[x + n] == row[x]:
                n += 1
            runs += bytes([n, int(row[x])])
            x += n
        runs += b"\0\0"
    put("runs8.bmp", bmp(WIDTH, HEIGHT, 8, runs + b"\0\1", PALETTE, compression=1))
    mixed = b""
    for i, row in enumerate(INDEX[::-1]):
        if i == 4:
            mixed += bytes([0, 2, 5, 1, 3, 7, 0, 0])  # five to the right, one up, three of colour 7
            continue
        if i == 5:
            continue
        mixed += bytes([0, WIDTH]) + row.tobytes() + b"\0" * (WIDTH % 2) + b"\0\0"
    put("jumps8.bmp", bmp(WIDTH, HEIGHT, 8, mixed + b"\0\1", PALETTE, compression=1))
    fours = b""
    for row in INDEX[::-1]:
        fours += bytes([4, int(row[0]) << 4 | int(row[1])]) + bytes([0, WIDTH - 4]) + bits_of(row[None, 4:], 4)
        fours += b"\0" * (((WIDTH - 4 + 1) // 2) % 2) + b"\0\0"
    put("runs4.bmp", bmp(WIDTH, HEIGHT, 4, fours + b"\0\1", PALETTE, compression=2))


if __name__ == "__main__":
    for make in (jpegs, pngs, webps, gifs, tiffs, bmps):
        make()
