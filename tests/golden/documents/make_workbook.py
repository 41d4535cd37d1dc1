#!/usr/bin/env python3
"""Writes tea.xlsx; wants openpyxl 3.1."""
import datetime
import pathlib

import openpyxl

book = openpyxl.Workbook()
book.properties.title = "Tea prices"
book.properties.creator = "A. Lice"
book.properties.created = book.properties.modified = datetime.datetime(2021, 3, 4, 5, 6, 7)
prices = book.active
prices.title = "Prices"
prices.append(["kind", "price", "since", "sold"])
prices.append(["green", 3, datetime.date(2021, 3, 4), True])
prices.append(["black", 0.1 + 0.2, datetime.datetime(1999, 12, 31, 23, 59, 59), False])
prices["A5"] = "after a gap"
prices["D5"] = "=SUM(B2:B3)"
other = book.create_sheet("Größen & more")
other.append([1, 2])
other.append(["two\nlines", "茶"])
hidden = book.create_sheet("Hidden")
hidden.append(["secret"])
hidden.sheet_state = "hidden"
book.save(pathlib.Path(__file__).parent / "tea.xlsx")
