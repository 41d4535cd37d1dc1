#include "akin/train/lm_corpus.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/train/text_input.h"

namespace akin {
namespace {

constexpr std::size_t kStretch = std::size_t{256} << 10;
constexpr std::size_t kMostTokenizerBytes = std::size_t{1} << 30;
constexpr const char* kTokenizerFiles[] = {
    "tokenizer.json",  "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "vocab.json", "merges.txt",
    "tokenizer.model", "spiece.model"};

void write_text(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void write_byte_tokenizer(const std::filesystem::path& folder) {
  const nlohmann::ordered_json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                                         {"eos_token", "<|endoftext|>"},
                                         {"cls_token", "[CLS]"},
                                         {"sep_token", "[SEP]"},
                                         {"mask_token", "[MASK]"},
                                         {"pad_token", "[PAD]"},
                                         {"clean_up_tokenization_spaces", false}};
  write_text(folder / "tokenizer.json", byte_tokenizer_json());
  write_text(folder / "tokenizer_config.json", config.dump(2) + "\n");
}

/// A corpus as stretches of text, file by file.
class Stretches {
 public:
  explicit Stretches(const std::vector<std::filesystem::path>& files) : files_(files) { open_text_input(files); }

  bool operator()(std::string& text, bool& ends_text) {
    while (input_ == nullptr || is_done_) {
      if (next_file_ == files_.size()) return false;
      input_ = open_text_input({files_[next_file_++]});
      is_done_ = false;
    }
    text = std::exchange(left_, {});
    const std::size_t had = text.size();
    text.resize(had + kStretch);
    const std::size_t got = input_->read(std::span(text).subspan(had));
    text.resize(had + got);
    is_done_ = ends_text = got < kStretch;
    if (!is_done_) left_ = take_rest(text);
    if (is_done_ && text.ends_with('\n')) text.pop_back();  // the one that TextInput ends a file with
    return true;
  }

 private:
  /// What stands behind the last line end; without one, the character that may be cut in two.
  static std::string take_rest(std::string& text) {
    std::size_t end = text.rfind('\n');
    if (end == std::string::npos) {
      end = text.size();
      while (end > 0 && text.size() - end < 4 && (static_cast<unsigned char>(text[end - 1]) & 0xC0U) == 0x80U) --end;
      end = end == 0 ? text.size() : end - 1;  // before the first byte of the last character
    } else {
      ++end;
    }
    std::string rest = text.substr(end);
    text.resize(end);
    return rest;
  }

  std::vector<std::filesystem::path> files_;
  std::size_t next_file_ = 0;
  std::unique_ptr<TextInput> input_;
  bool is_done_ = false;
  std::string left_;
};

}  // namespace

void write_lm_tokenizer(const std::string& source, const std::filesystem::path& folder) {
  if (source == "bytes") return write_byte_tokenizer(folder);
  const std::filesystem::path from = source;
  if (std::filesystem::is_regular_file(from)) return write_text(folder / "tokenizer.json", read_file(from, kMostTokenizerBytes));
  (void)Tokenizer::from_folder(from);  // told before anything is copied
  for (const char* name : kTokenizerFiles) {
    if (std::filesystem::exists(from / name)) write_text(folder / name, read_file(from / name, kMostTokenizerBytes));
  }
}

TokenFileReport write_corpus_tokens(const std::vector<std::filesystem::path>& files, const Tokenizer& tokenizer,
                                    const std::filesystem::path& path, Context& context) {
  auto stretches = std::make_shared<Stretches>(files);
  const NextText next = [stretches](std::string& text, bool& ends_text) { return (*stretches)(text, ends_text); };
  return write_token_file(next, tokenizer, end_token_of(tokenizer), path, context);
}

}  // namespace akin
