// Any bytes as a fastText model, dense or quantised, with magic number or without: refused with an Error, or asked for words that it has
// and words that it has not, and, where it is a classifier, for the rows of a line and of its labels.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/fasttext.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto model = akin::view_fasttext(std::as_bytes(std::span(data, size)), "fuzz.bin");
    std::vector<float> row(model->dim());
    for (std::size_t i = 0; i < std::min<std::size_t>(model->size(), 100); ++i) model->read(i, row);
    for (const char* word : {"riverbank", "na\xC3\xAFve", "\xFF", "", "</s>"}) model->compose(word, row);
    if (model->args().model != 3) return 0;
    akin::FastTextLine line;
    model->read_line("the riverbank \xFF na\xC3\xAFve __label__a __label__nowhere", "__label__", line);
    for (const std::int32_t r : line.rows) model->add_input(static_cast<std::size_t>(r), row);
    for (std::size_t l = 0; l < std::min<std::size_t>(model->labels().size(), 100); ++l) model->add_output(l, row);
  } catch (const akin::Error&) {
  }
  return 0;
}
