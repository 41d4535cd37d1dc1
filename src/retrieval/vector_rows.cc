#include "akin/retrieval/vector_rows.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/utf8.h"
#include "akin/formats/vector_file.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20;
constexpr int kMaxDepth = 64;

/// The lines of a file, one after the other; what was read is given back as it goes.
class Lines {
 public:
  explicit Lines(const fs::path& path) : file_(path), rest_(reinterpret_cast<const char*>(file_.bytes().data()), file_.size()) {}

  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = rest_.substr(0, kMaxLineBytes + 1).find('\n');
    if (end == std::string_view::npos && rest_.size() > kMaxLineBytes)
      throw Error(ErrorCode::limit, place(number_ + 1) + ": is longer than 64 MiB");
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    if (number_ % 4096 == 0) forget();
    return true;
  }
  [[nodiscard]] std::size_t number() const noexcept { return number_; }
  [[nodiscard]] std::string place() const { return place(number_); }
  [[nodiscard]] std::size_t count() const {
    const auto bytes = std::string_view(reinterpret_cast<const char*>(file_.bytes().data()), file_.size());
    const auto n = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    return n + (!bytes.empty() && bytes.back() != '\n' ? 1 : 0);
  }
  [[nodiscard]] const fs::path& path() const noexcept { return file_.path(); }

 private:
  [[nodiscard]] std::string place(std::size_t line) const { return file_.path().string() + ": line " + std::to_string(line); }
  void forget() const { file_.forget(file_.bytes().first(file_.size() - rest_.size())); }

  MappedFile file_;
  std::string_view rest_;
  std::size_t number_ = 0;
};

json parse_object(std::string_view line, const std::string& place) {
  const json::parser_callback_t bounded = [&](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) throw Error(ErrorCode::limit, place + ": is nested deeper than 64 levels");
    return true;
  };
  json object = json::parse(line, bounded, false);
  if (object.is_discarded()) throw Error(ErrorCode::corrupt, place + ": is not JSON");
  if (!object.is_object()) throw Error(ErrorCode::corrupt, place + ": is not a JSON object");
  return object;
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

bool is_plain(const json& value) { return value.is_string() || value.is_number() || value.is_boolean(); }

/// Takes over text and plain values; `taken` are fields with a meaning of their own.
void take_fields(const json& object, std::initializer_list<std::string_view> taken, VectorRow& row) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(taken.begin(), taken.end(), key) != taken.end()) continue;
    if (key == "text" && value.is_string()) {
      row.text = value.get<std::string>();
    } else if (key == "metadata" && value.is_object()) {
      for (const auto& [name, inner] : value.items())
        if (is_plain(inner)) row.metadata.emplace_back(name, text_of(inner));
    } else if (is_plain(value)) {
      row.metadata.emplace_back(key, text_of(value));
    }
  }
}

std::string string_at(const json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

void check_finite(std::span<const float> vector, const std::string& place) {
  for (const float x : vector)
    if (!std::isfinite(x)) throw Error(ErrorCode::corrupt, place + ": holds a number that is not finite");
}

/// .jsonl: {"id": …, "vector": […], "text": …, …}
class JsonRows : public VectorRows {
 public:
  explicit JsonRows(const fs::path& path) : lines_(path) {
    std::string_view line;
    if (!lines_.next(line)) throw Error(ErrorCode::invalid_argument, path.string() + ": holds no vectors");
    first_ = parse_object(line, lines_.place());
    claim_ = {string_at(*first_, "model"), string_at(*first_, "fingerprint"), string_at(*first_, "metric")};
    if (const std::string code = string_at(*first_, "code"); !code.empty() && code != "f32" && code != "f16")
      throw Error(ErrorCode::unsupported, path.string() + ": holds codes of type " + code + "; vectors are imported as floats");
  }

  bool next(VectorRow& row) override {
    json object;
    if (first_) {
      object = std::move(*first_);
      first_.reset();
    } else {
      std::string_view line;
      do {
        if (!lines_.next(line)) return false;
      } while (line.find_first_not_of(" \t") == std::string_view::npos);
      object = parse_object(line, lines_.place());
    }
    row = {};
    read_vector(object, row);
    if (const auto id = object.find("id"); id != object.end() && is_plain(*id)) row.id = text_of(*id);
    take_fields(object,
                {"id", "vector", "embedding", "model", "fingerprint", "metric", "role", "dim", "code", "n_tokens", "n_tokens_dropped"},
                row);
    return true;
  }
  [[nodiscard]] SpaceClaim claim() const override { return claim_; }
  [[nodiscard]] std::size_t n_rows() const noexcept override { return 0; }

 private:
  void read_vector(const json& object, VectorRow& row) {
    auto at = object.find("vector");
    if (at == object.end()) at = object.find("embedding");
    if (at == object.end() || !at->is_array()) throw Error(ErrorCode::corrupt, lines_.place() + ": has no array 'vector'");
    row.vector.reserve(at->size());
    for (const json& number : *at) {
      if (!number.is_number()) throw Error(ErrorCode::corrupt, lines_.place() + ": 'vector' holds something that is no number");
      row.vector.push_back(number.get<float>());
    }
    check_finite(row.vector, lines_.place());
  }

  Lines lines_;
  std::optional<json> first_;
  SpaceClaim claim_;
};

/// What `akin embed` writes beside formats that have no place for it.
SpaceClaim claim_beside(const fs::path& file) {
  const fs::path sidecar = file.string() + ".json";
  std::error_code ignored;
  if (!fs::is_regular_file(sidecar, ignored)) return {};
  const json about = json::parse(read_file(sidecar, std::size_t{1} << 20), nullptr, false);
  if (!about.is_object()) return {};
  return {string_at(about, "model"), string_at(about, "fingerprint"), string_at(about, "metric")};
}

/// A matrix file with ids and metadata beside it.
class FileRows : public VectorRows {
 public:
  explicit FileRows(const VectorRowFiles& files) : path_(files.vectors), file_(files.vectors) {
    if (!files.ids.empty()) check_count(ids_.emplace(files.ids));
    if (!files.metadata.empty()) check_count(metadata_.emplace(files.metadata));
    const auto find = [&](std::string_view key) {
      const auto at = file_.metadata().find(key);
      return at == file_.metadata().end() ? std::string() : at->second;
    };
    claim_ = {find("model"), find("fingerprint"), find("metric")};
    if (claim_.fingerprint.empty()) claim_ = claim_beside(path_);
    if (const std::string code = find("code"); !code.empty() && code != "f32" && code != "f16")
      throw Error(ErrorCode::unsupported, path_.string() + ": holds codes of type " + code + "; vectors are imported as floats");
  }

  bool next(VectorRow& row) override {
    if (at_ == file_.rows()) return false;
    row = {};
    row.vector.resize(file_.cols());
    file_.row_to_float(at_, row.vector);
    check_finite(row.vector, path_.string() + ": row " + std::to_string(at_));
    std::string_view line;
    if (ids_ && ids_->next(line)) row.id = line;
    if (metadata_ && metadata_->next(line)) take_fields(parse_object(line, metadata_->place()), {"vector", "embedding"}, row);
    ++at_;
    return true;
  }
  [[nodiscard]] SpaceClaim claim() const override { return claim_; }
  [[nodiscard]] std::size_t n_rows() const noexcept override { return file_.rows(); }

 private:
  void check_count(const Lines& lines) const {
    if (const std::size_t n = lines.count(); n != file_.rows())
      throw Error(ErrorCode::invalid_argument, lines.path().string() + ": has " + std::to_string(n) + " lines, " + path_.string() +
                                                   " has " + std::to_string(file_.rows()) + " rows");
  }

  fs::path path_;
  VectorFile file_;
  std::optional<Lines> ids_, metadata_;
  SpaceClaim claim_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<VectorRows> open_vector_rows(const VectorRowFiles& files) {
  const std::string ending = files.vectors.extension().string();
  if (ending != ".jsonl" && ending != ".ndjson") {
    if (!is_vector_file(files.vectors))
      throw Error(ErrorCode::invalid_argument, "'" + files.vectors.string() +
                                                   "': no file of vectors ends like that; known are .npy, .fvecs, .ivecs, .bvecs, "
                                                   ".safetensors, .jsonl");
    return std::make_unique<FileRows>(files);
  }
  if (!files.ids.empty() || !files.metadata.empty())
    throw Error(ErrorCode::invalid_argument,
                files.vectors.string() + ": has ids and metadata in its lines; files beside it are for other formats");
  return std::make_unique<JsonRows>(files.vectors);
}

}  // namespace akin
