#include <gtest/gtest.h>

#include <array>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;

Document read(const std::string& bytes) { return read_documents(bytes, "a.ipynb").at(0); }

TEST(NotebookReader, ReadsWhatPandocWrote) {
  const Document document = read(golden_document("tea.ipynb"));
  const std::string told = outline(document);
  for (const char* row : {"h1 0/1 [] Tea\n", "h2 0/1 [Tea] Kinds\n", "item 0/1 [Tea > Kinds] green\n", "row 0/1 [Tea > Kinds] green | 3\n",
                          "code 0/1 [Tea > Making it] def pour(cup):\\n    return cup + 1\n", "p 0/1 [Größe] Naïve café — 茶 and чай.\n"})
    EXPECT_NE(told.find(row), std::string::npos) << row << told;
  EXPECT_EQ(document.format, "notebook");
}

TEST(NotebookReader, TellsCellsWithWhatTheyPrinted) {
  const Document document = read(R"({"nbformat": 4, "metadata": {"title": "Tea", "authors": [{"name": "A. Lice"}, {"name": "B. Ob"}],
    "kernelspec": {"language": "python"}, "language_info": {"name": "py"}}, "cells": [
    {"cell_type": "markdown", "source": ["# One\n", "\n", "two *words*"]},
    {"cell_type": "code", "source": "x = 1\nx", "outputs": [
      {"output_type": "stream", "text": ["printed\n"]},
      {"output_type": "execute_result", "data": {"text/plain": ["1"], "text/html": ["<b>1</b>"], "image/png": "AAAA"}},
      {"output_type": "error", "ename": "ValueError", "evalue": "no tea", "traceback": ["long"]}]},
    {"cell_type": "raw", "source": "raw"}]})");
  EXPECT_EQ(outline(document),
            "h1 0/1 [] One\n"
            "p 0/1 [One] two words\n"
            "code 0/2 [One] x = 1\\nx\n"
            "code 0/2 [One] printed\n"
            "code 0/2 [One] 1\n"
            "code 0/2 [One] ValueError: no tea\n"
            "p 0/3 [One] raw\n");
  EXPECT_EQ(document.title, "Tea");
  EXPECT_EQ(meta(document, "author"), "A. Lice, B. Ob");
  EXPECT_EQ(meta(document, "language"), "py");
}

TEST(NotebookReader, ReadsTheOlderForm) {
  EXPECT_EQ(outline(read(R"({"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Two"},
    {"cell_type": "code", "input": ["y = 2"], "outputs": [{"text": "2"}]}]}]})")),
            "h2 0/1 [] Two\ncode 0/2 [Two] y = 2\ncode 0/2 [Two] 2\n");
}

TEST(NotebookReader, RefusesOrPassesOverWhatIsNone) {
  const std::array<std::pair<const char*, const char*>, 4> broken = {{
      {"{\"cells\": [", "a.ipynb: line 1, character 12: not valid JSON"},
      {"", "a.ipynb: line 1, character 1: not valid JSON"},
      {"[1, 2]", "a.ipynb: is a broken notebook: it has neither 'cells' nor 'worksheets'"},
      {"{\"cells\": 3}", "a.ipynb: is a broken notebook"},
  }};
  for (const auto& [bytes, message] : broken) {
    SCOPED_TRACE(bytes);
    expect_error(ErrorCode::corrupt, message, [b = std::string(bytes)] { read(b); });
  }
  EXPECT_EQ(outline(read(R"({"metadata": 1, "cells": [3, null, {"cell_type": 4, "source": {"a": 1}}, {"cell_type": "code", "outputs": {}},
    {"cell_type": "code", "outputs": [null, {"data": 3}]}]})")),
            "");
}

}  // namespace
}  // namespace akin::documents
