#include "text_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "akin/base/error.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

// A record longer than this is no text but a mistake (a binary file, a lost quote).
constexpr std::size_t kMaxRecordBytes = std::size_t{256} << 20;
// Of a batch: enough work for all threads, little memory.
constexpr std::size_t kTextsAtOnce = 8192;
constexpr std::size_t kBytesAtOnce = std::size_t{16} << 20;

// Lines of a file descriptor, without their ends ("\n" or "\r\n").
class LineReader {
 public:
  LineReader(const std::string& path, bool is_stdin) : name_(is_stdin ? "standard input" : path) {
    fd_ = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw_errno(name_, "open");
  }
  ~LineReader() {
    if (fd_ > STDIN_FILENO) ::close(fd_);
  }
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  [[nodiscard]] std::string where() const { return name_ + ":" + std::to_string(line_); }
  [[nodiscard]] const std::string& name() const { return name_; }

  bool next(std::string& line) {
    line.clear();
    for (;;) {
      const char* begin = buffer_.data() + position_;
      const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', size_ - position_));
      const std::size_t length = newline != nullptr ? static_cast<std::size_t>(newline - begin) : size_ - position_;
      line.append(begin, length);
      position_ += length + (newline != nullptr ? 1 : 0);
      if (line.size() > kMaxRecordBytes) throw Error(ErrorCode::limit, where() + ": a line of more than 256 MiB");
      if (newline != nullptr) break;
      if (!fill()) {
        if (line.empty()) return false;
        break;
      }
    }
    ++line_;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    return true;
  }

 private:
  bool fill() {
    buffer_.resize(std::size_t{1} << 18);
    position_ = size_ = 0;
    ssize_t got = 0;
    // An interrupt ends the reading; the cancel token that the same interrupt set is seen by the caller.
    got = ::read(fd_, buffer_.data(), buffer_.size());
    if (got < 0 && errno != EINTR) throw_errno(name_, "read");
    size_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return size_ > 0;
  }

  std::string name_;
  int fd_ = -1;
  std::string buffer_;
  std::size_t position_ = 0, size_ = 0, line_ = 0;
};

class Lines : public TextSource {
 public:
  explicit Lines(std::unique_ptr<LineReader> reader) : reader_(std::move(reader)) {}
  bool next(std::string& text) override { return reader_->next(text); }

 private:
  std::unique_ptr<LineReader> reader_;
};

class JsonLines : public TextSource {
 public:
  JsonLines(std::unique_ptr<LineReader> reader, std::string field) : reader_(std::move(reader)), field_(std::move(field)) {}
  bool next(std::string& text) override {
    do {
      if (!reader_->next(line_)) return false;
    } while (line_.find_first_not_of(" \t") == std::string::npos);
    const auto record = nlohmann::json::parse(line_, nullptr, false);
    if (record.is_discarded()) throw Error(ErrorCode::corrupt, reader_->where() + ": not a JSON value");
    if (record.is_string()) return text = record.get<std::string>(), true;
    const auto found = record.is_object() ? record.find(field_) : record.end();
    if (!record.is_object() || found == record.end() || !found->is_string())
      throw Error(ErrorCode::corrupt, reader_->where() + ": no text in field '" + field_ + "'; name another with --field");
    text = found->get<std::string>();
    return true;
  }

 private:
  std::unique_ptr<LineReader> reader_;
  std::string field_, line_;
};

// RFC 4180: quoted cells may hold separators, doubled quotes and line ends. The first row names the columns.
class Csv : public RecordSource {
 public:
  Csv(std::unique_ptr<LineReader> reader, char separator) : reader_(std::move(reader)), separator_(separator) {
    if (!read_row()) throw Error(ErrorCode::corrupt, reader_->name() + ": an empty CSV file; its first row must name the columns");
    names_ = cells_;
    head_ = raw_;
  }
  [[nodiscard]] const std::string& raw() const override { return raw_; }
  [[nodiscard]] const std::string& raw_head() const override { return head_; }
  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::string where() const override { return reader_->where(); }
  [[nodiscard]] const std::string& file() const { return reader_->name(); }
  bool next(std::vector<std::string>& cells) override {
    if (!read_row()) return false;
    std::swap(cells, cells_);
    return true;
  }

 private:
  bool read_row() {
    do {
      if (!reader_->next(line_)) return false;
    } while (line_.empty());
    raw_ = line_;
    cells_.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0;; ++i) {
      if (i == line_.size()) {
        if (!quoted) return true;
        if (cells_.back().size() > kMaxRecordBytes) throw Error(ErrorCode::limit, reader_->where() + ": a cell of more than 256 MiB");
        if (!reader_->next(line_)) throw Error(ErrorCode::corrupt, reader_->where() + ": the file ends inside a quoted cell");
        cells_.back() += '\n';
        raw_ += '\n' + line_;
        i = static_cast<std::size_t>(-1);
      } else if (quoted) {
        if (line_[i] != '"')
          cells_.back() += line_[i];
        else if (i + 1 < line_.size() && line_[i + 1] == '"')
          cells_.back() += line_[i++];
        else
          quoted = false;
      } else if (line_[i] == '"' && cells_.back().empty()) {
        quoted = true;
      } else if (line_[i] == separator_) {
        cells_.emplace_back();
      } else {
        cells_.back() += line_[i];
      }
    }
  }

  std::unique_ptr<LineReader> reader_;
  char separator_;
  std::string line_, raw_, head_;
  std::vector<std::string> names_, cells_;
};

class CsvColumn : public TextSource {
 public:
  CsvColumn(std::unique_ptr<LineReader> reader, const std::string& field, char separator) : csv_(std::move(reader), separator) {
    const auto found = std::ranges::find(csv_.names(), field);
    if (found == csv_.names().end()) {
      std::string names;
      for (const std::string& cell : csv_.names()) names += (names.empty() ? "" : ", ") + cell.substr(0, 40);
      throw Error(ErrorCode::not_found,
                  csv_.file() + ": no column '" + field + "' in the first row (" + names + "); name one with --field");
    }
    column_ = static_cast<std::size_t>(found - csv_.names().begin());
  }
  bool next(std::string& text) override {
    if (!csv_.next(cells_)) return false;
    if (column_ >= cells_.size())
      throw Error(ErrorCode::corrupt, csv_.where() + ": a row of " + std::to_string(cells_.size()) + " cells, the text is in column " +
                                          std::to_string(column_ + 1));
    text = std::move(cells_[column_]);
    return true;
  }

 private:
  Csv csv_;
  std::size_t column_ = 0;
  std::vector<std::string> cells_;
};

/// Texts and numbers of JSON objects; the first one names the fields.
class JsonRecords : public RecordSource {
 public:
  explicit JsonRecords(std::unique_ptr<LineReader> reader) : reader_(std::move(reader)) {
    has_one_ = read();
    if (!has_one_) throw Error(ErrorCode::corrupt, reader_->name() + ": no records in it");
    for (const auto& [name, value] : record_.items()) {
      if (value.is_string() || value.is_number()) names_.push_back(name);
    }
  }
  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::string where() const override { return reader_->where(); }
  [[nodiscard]] const std::string& raw() const override { return line_; }
  [[nodiscard]] const std::string& raw_head() const override { return head_; }
  bool next(std::vector<std::string>& cells) override {
    if (!has_one_ && !read()) return false;
    has_one_ = false;
    cells.clear();
    for (const std::string& name : names_) {
      const auto found = record_.find(name);
      const bool is_there = found != record_.end() && (found->is_string() || found->is_number());
      cells.push_back(!is_there ? std::string() : found->is_string() ? found->get<std::string>() : found->dump());
    }
    return true;
  }

 private:
  bool read() {
    do {
      if (!reader_->next(line_)) return false;
    } while (line_.find_first_not_of(" \t") == std::string::npos);
    record_ = nlohmann::json::parse(line_, nullptr, false);
    if (!record_.is_object()) throw Error(ErrorCode::corrupt, reader_->where() + ": not a JSON object");
    return true;
  }

  std::unique_ptr<LineReader> reader_;
  nlohmann::json record_;
  bool has_one_ = false;
  std::string line_, head_;  // head_: none
  std::vector<std::string> names_;
};

bool looks_like_path(const std::string& input) {
  if (input.empty() || input.find_first_of(" \t\n") != std::string::npos) return false;
  static constexpr std::string_view kEndings[] = {".txt",   ".jsonl",       ".ndjson", ".csv", ".tsv", ".md",  ".json", ".npy",
                                                  ".fvecs", ".safetensors", ".gz",     ".zst", ".png", ".jpg", ".jpeg", ".webp"};
  if (input.starts_with("/") || input.starts_with("./") || input.starts_with("../")) return true;
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](std::string_view ending) { return input.ends_with(ending); });
}

std::unique_ptr<TextSource> open_file(const std::string& path, bool is_stdin, const TextSourceOptions& options) {
  std::string format = options.format;
  const std::string ending = fs::path(path).extension().string();
  if (format == "auto") {
    const bool csv = ending == ".csv" || ending == ".tsv";
    format = ending == ".jsonl" || ending == ".ndjson" ? "jsonl" : csv ? "csv" : "lines";
  }
  auto reader = std::make_unique<LineReader>(path, is_stdin);
  if (format == "jsonl") return std::make_unique<JsonLines>(std::move(reader), options.field);
  if (format == "csv") return std::make_unique<CsvColumn>(std::move(reader), options.field, ending == ".tsv" ? '\t' : ',');
  return std::make_unique<Lines>(std::move(reader));
}

class Chain : public TextSource {
 public:
  Chain(std::vector<std::string> inputs, TextSourceOptions options) : inputs_(std::move(inputs)), options_(std::move(options)) {}
  bool next(std::string& text) override {
    for (;;) {
      if (file_ != nullptr) {
        if (file_->next(text)) return true;
        file_.reset();
      }
      if (position_ == inputs_.size()) return false;
      const std::string& input = inputs_[position_++];
      if (!options_.literal && input == "-") {
        file_ = open_file("-", true, options_);
      } else if (!options_.literal && is_file(input)) {
        file_ = open_file(input, false, options_);
      } else {
        text = input;
        return true;
      }
    }
  }
  // Mistakes in the names are told before the first text is worked on.
  void check() const {
    if (options_.literal) return;
    for (const std::string& input : inputs_) {
      std::error_code ignored;
      if (input.size() < 4096 && fs::is_directory(input, ignored))
        throw Error(ErrorCode::invalid_argument, "'" + input + "' is a folder; 'akin index' reads folders, --text embeds the word itself");
      if (input != "-" && looks_like_path(input) && !is_file(input))
        throw Error(ErrorCode::not_found, "'" + input + "': no such file; to embed the name itself as a text, add --text");
    }
  }

 private:
  static bool is_file(const std::string& input) {
    std::error_code ignored;
    return input.size() < 4096 && fs::exists(input, ignored) && !fs::is_directory(input, ignored);
  }

  std::vector<std::string> inputs_;
  TextSourceOptions options_;
  std::size_t position_ = 0;
  std::unique_ptr<TextSource> file_;
};

}  // namespace

void add_record_options(CLI::App& verb, TextSourceOptions& options) {
  verb.add_option("--field", options.field, "Field of .jsonl records or column of .csv files that holds the text")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--format", options.format, "Of files and standard input: auto (by ending), lines, jsonl or csv")
      ->capture_default_str()
      ->type_name("NAME");
}

std::unique_ptr<TextSource> open_texts(const std::vector<std::string>& inputs, const TextSourceOptions& options) {
  auto chain = std::make_unique<Chain>(inputs, options);
  chain->check();
  return chain;
}

void for_each_batch(TextSource& source, std::size_t max_texts, const std::function<void(std::span<const std::string>)>& take) {
  std::vector<std::string> batch;
  std::size_t n_bytes = 0, n_texts = 0;
  const auto flush = [&] {
    if (!batch.empty()) take(batch);
    batch.clear();
    n_bytes = 0;
  };
  for (std::string text; (max_texts == 0 || n_texts < max_texts) && source.next(text);) {
    if (text.empty()) continue;
    ++n_texts;
    n_bytes += text.size();
    batch.push_back(std::move(text));
    if (batch.size() == kTextsAtOnce || n_bytes >= kBytesAtOnce) flush();
  }
  flush();
}

std::vector<std::string> read_all_texts(const std::vector<std::string>& inputs, const TextSourceOptions& options, std::size_t max_texts) {
  const auto source = open_texts(inputs, options);
  std::vector<std::string> texts;
  std::string text;
  while (source->next(text)) {
    if (texts.size() == max_texts) throw Error(ErrorCode::limit, "more than " + std::to_string(max_texts) + " texts");
    texts.push_back(std::move(text));
  }
  return texts;
}

std::unique_ptr<RecordSource> open_records(const std::string& path) {
  const std::string ending = fs::path(path).extension().string();
  const bool is_json = path == "-" || ending == ".jsonl" || ending == ".ndjson";
  if (!is_json && ending != ".csv" && ending != ".tsv")
    throw Error(ErrorCode::unsupported, path + ": records are read from .jsonl, .csv and .tsv files, and from - as JSONL");
  if (path != "-" && !fs::is_regular_file(path) && !fs::is_fifo(path)) throw Error(ErrorCode::not_found, path + ": no such file");
  auto reader = std::make_unique<LineReader>(path, path == "-");
  if (is_json) return std::make_unique<JsonRecords>(std::move(reader));
  return std::make_unique<Csv>(std::move(reader), ending == ".tsv" ? '\t' : ',');
}

}  // namespace akin::cli
