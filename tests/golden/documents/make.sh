#!/bin/sh
# Writes tea.md in the other formats; wants pandoc.
set -eu
cd "$(dirname "$0")"
export SOURCE_DATE_EPOCH=1614816000
for format in docx odt epub rtf pptx ipynb; do pandoc -s tea.md -o "tea.$format"; done
pandoc tea.md -t plain --wrap=none -o tea.plain.txt
