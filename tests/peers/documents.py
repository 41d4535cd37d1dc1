#!/usr/bin/env python3
"""Compares the words that akin reads in documents with what other programs read in them.

  tests/peers/documents.py AKIN FILE…      a row a file: words of the witness found by akin, words of akin that the witness lacks

Witnesses: pandoc (docx, odt, epub, rtf, ipynb), and where they are installed python-pptx, openpyxl, striprtf; Python's own email package.
"Found" counts each word as often as it occurs. Differences are shown: what a person does not see (deleted text, tables of contents, hidden
parts) akin leaves out on purpose, and it tells a footnote where it is referred to.
"""
import collections
import email
import email.policy
import html.parser
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile


def words(text):
    return collections.Counter(re.findall(r"\w+", text))


def akin_text(akin, file):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([akin, "index", file, "-c", f"{folder}/c"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return "", done.stderr
        database = sqlite3.connect(next(pathlib.Path(folder, "c").glob("*.db")))
        rows = database.execute("SELECT text FROM chunks ORDER BY id").fetchall()
        return "\n".join(row[0] for row in rows), "".join(line for line in done.stdout.splitlines() if line.startswith("refused"))


def of_pandoc(file):
    done = subprocess.run(["pandoc", "-t", "plain", "--wrap=none", str(file)], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def of_pptx(file):
    import pptx

    lines = []
    for slide in pptx.Presentation(file).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                lines.append(shape.text_frame.text)
            if shape.has_table:
                lines += [cell.text for row in shape.table.rows for cell in row.cells]
        if slide.has_notes_slide:
            lines.append(slide.notes_slide.notes_text_frame.text)
    return "\n".join(lines)


def of_xlsx(file):
    import openpyxl

    return "\n".join(
        str(cell) for sheet in openpyxl.load_workbook(file, data_only=True) if sheet.sheet_state == "visible"
        for row in sheet.values for cell in row if cell is not None)


def of_striprtf(file):
    from striprtf.striprtf import rtf_to_text

    return rtf_to_text(file.read_text(encoding="latin-1"))


class VisibleText(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.hidden, self.text = 0, []

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "script", "title")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def email_texts(part):
    """What a person reads: of alternatives the plain one, else all parts and attachments that are text, mails in the mail too."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_content()
        yield inner["subject"] or ""
        yield from email_texts(inner)
    elif kind == "multipart/alternative" and part.get_body(("plain", "html")):
        yield from email_texts(part.get_body(("plain", "html")))
    elif part.is_multipart():
        for inner in part.iter_parts():
            yield from email_texts(inner)
    elif kind == "text/html":
        reader = VisibleText()
        reader.feed(part.get_content())
        yield " ".join(reader.text)
    elif part.get_content_maintype() == "text":
        yield part.get_content()


def of_email(file):
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return "\n".join([message["subject"] or "", *email_texts(message)])


WITNESSES = {
    ".docx": [of_pandoc], ".odt": [of_pandoc], ".epub": [of_pandoc], ".ipynb": [of_pandoc], ".rtf": [of_pandoc, of_striprtf],
    ".pptx": [of_pptx], ".xlsx": [of_xlsx], ".eml": [of_email],
}


def main(akin, files):
    for file in map(pathlib.Path, files):
        ours, refusal = akin_text(akin, file)
        for witness in WITNESSES.get(file.suffix, []):
            try:
                theirs = witness(file)
            except ImportError as error:
                print(f"{file.name}: {error}")
                continue
            if theirs is None or refusal:
                print(f"{file.name} ({witness.__name__[3:]}): witness {'fails' if theirs is None else 'reads it'}; {refusal or 'akin reads it'}")
                continue
            a, b = words(ours), words(theirs)
            missing, more = b - a, a - b
            total = sum(b.values())
            print(f"{file.name} ({witness.__name__[3:]}): {total - sum(missing.values())} of {total} words found, {sum(more.values())} more;"
                  f" missing {list(missing)[:8]}, more {list(more)[:8]}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
