// References of both forms that docs/formats/reference.md describes: one file of ours, or the fixtures of a model folder.
#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/embed/verify.h"
#include "akin/formats/safetensors.h"
#include "json_values.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTexts = 1'000'000;

[[noreturn]] void bad_reference(const fs::path& file, const std::string& what) {
  throw Error(ErrorCode::corrupt, file.string() + ": not a reference file: " + what);
}

const TensorView& tensor(const SafetensorsFile& file, const std::string& name, TensorType type) {
  const TensorView* found = file.find(name);
  if (found == nullptr) bad_reference(file.path(), "no tensor '" + name + "'");
  if (found->type != type) {
    bad_reference(file.path(), "tensor '" + name + "' is " + std::string(name_of(found->type)) + ", wanted " + std::string(name_of(type)));
  }
  return *found;
}

Matrix<float> matrix(const SafetensorsFile& file, const std::string& name) {
  const TensorView& view = tensor(file, name, TensorType::f32);
  if (view.shape.size() != 2) bad_reference(file.path(), "'" + name + "' is no matrix");
  Matrix<float> rows(view.shape[0], view.shape[1]);
  for (std::size_t r = 0; r < rows.rows(); ++r) view.row_to_float(r, rows.row(r));
  return rows;
}

std::vector<std::int32_t> integers(const TensorView& view) {
  std::vector<std::int32_t> out(view.size());
  if (!out.empty()) std::memcpy(out.data(), view.bytes.data(), out.size() * sizeof(std::int32_t));
  return out;
}

// Ends of consecutive stretches: rising, the last is the whole.
void check_ends(const SafetensorsFile& file, const char* name, const std::vector<std::int32_t>& ends, std::size_t n_rows,
                std::size_t whole) {
  const bool rising = std::is_sorted(ends.begin(), ends.end()) && (ends.empty() || ends.front() >= 0);
  if (ends.size() != n_rows || !rising || (n_rows > 0 && static_cast<std::size_t>(ends.back()) != whole))
    bad_reference(file.path(), std::string("'") + name + "' does not cut its tensor into " + std::to_string(n_rows) + " pieces");
}

/// The list under `key`; an empty one if there is none.
const Json& list_of(const Json& inputs, const char* key, const fs::path& where) {
  static const Json kNone = Json::array();
  if (!inputs.is_object()) bad_reference(where, "a JSON object is wanted");
  const auto found = inputs.find(key);
  if (found == inputs.end()) return kNone;
  if (!found->is_array() || found->size() > kMostTexts) bad_reference(where, std::string("'") + key + "' is no list of texts");
  return *found;
}

/// Texts and ids; a text of two parts is left out and told by an empty list of ids.
void read_texts(const Json& list, const char* ids_key, const fs::path& where, Reference& reference) {
  for (const Json& entry : list) {
    const bool is_pair = entry.is_object() && entry.contains("pair");
    reference.texts.push_back(value_of(entry, "text", std::string(), where));
    reference.ids.push_back(is_pair ? std::vector<std::int32_t>() : value_of(entry, ids_key, std::vector<std::int32_t>(), where));
  }
}

/// Which tensor holds vectors without a prompt: that of a call with an empty one, else the default.
std::string plain_call(const Json& inputs, const fs::path& where) {
  for (const Json& call : list_of(inputs, "calls", where)) {
    const Json args = value_of(call, "args", Json::object(), where);
    if (args.size() == 1 && value_of(args, "prompt", std::string("none"), where).empty())
      return value_of(call, "key", std::string(), where);
  }
  return "default";
}

/// A sentence-transformers folder: a vector a text.
Reference read_vectors(const Json& inputs, const SafetensorsFile& file, const fs::path& where) {
  Reference reference;
  const Json& texts = list_of(inputs, "texts", where);
  const bool is_static = !texts.empty() && texts[0].is_object() && texts[0].contains("ids");
  read_texts(texts, is_static ? "ids" : "input_ids_used", where, reference);
  reference.vectors = matrix(file, plain_call(inputs, where));
  if (reference.vectors.rows() != reference.texts.size()) {
    bad_reference(file.path(),
                  std::to_string(reference.vectors.rows()) + " vectors for " + std::to_string(reference.texts.size()) + " texts");
  }
  reference.dims = value_of(inputs, "truncate_dim", std::size_t{0}, where);
  return reference;
}

/// A folder of a transformer alone: the last hidden states of every token.
Reference read_states(const Json& inputs, const SafetensorsFile& file, const fs::path& where) {
  Reference all, reference;
  read_texts(list_of(inputs, "inputs", where), "input_ids", where, all);
  for (std::size_t k = 0; k < all.texts.size(); ++k) {
    if (all.ids[k].empty()) continue;
    reference.states.push_back(matrix(file, "in" + std::to_string(k) + ".last_hidden_state"));
    reference.texts.push_back(std::move(all.texts[k]));
    reference.ids.push_back(std::move(all.ids[k]));
    if (reference.states.back().rows() != reference.ids.back().size())
      bad_reference(file.path(), "text " + std::to_string(k) + " has other numbers of ids and of states");
  }
  return reference;
}

}  // namespace

Reference read_reference(const fs::path& path) {
  const auto file = open_safetensors(path);
  Reference reference;
  reference.file = path;
  const auto kind = file->metadata().find("kind");
  if (kind == file->metadata().end() || kind->second != "akin.reference.1")
    bad_reference(path, "its metadata lacks kind 'akin.reference.1'");
  reference.vectors = matrix(*file, "vectors");
  const std::size_t n = reference.vectors.rows();
  const TensorView& texts = tensor(*file, "texts", TensorType::u8);
  const std::vector<std::int32_t> text_ends = integers(tensor(*file, "text_ends", TensorType::i32));
  const std::vector<std::int32_t> ids = integers(tensor(*file, "ids", TensorType::i32));
  const std::vector<std::int32_t> id_ends = integers(tensor(*file, "id_ends", TensorType::i32));
  check_ends(*file, "text_ends", text_ends, n, texts.bytes.size());
  check_ends(*file, "id_ends", id_ends, n, ids.size());
  const auto* characters = reinterpret_cast<const char*>(texts.bytes.data());
  for (std::size_t r = 0; r < n; ++r) {
    const std::int32_t text_begin = r == 0 ? 0 : text_ends[r - 1];
    const std::int32_t id_begin = r == 0 ? 0 : id_ends[r - 1];
    reference.texts.emplace_back(characters + text_begin, characters + text_ends[r]);
    reference.ids.emplace_back(ids.begin() + id_begin, ids.begin() + id_ends[r]);
  }
  for (auto [key, to] : {std::pair{"model", &reference.model}, std::pair{"source", &reference.source}})
    if (const auto found = file->metadata().find(key); found != file->metadata().end()) *to = found->second;
  return reference;
}

std::optional<Reference> find_reference(const fs::path& folder) {
  std::error_code ignored;
  if (const fs::path own = folder / "reference.safetensors"; fs::is_regular_file(own, ignored)) return read_reference(own);
  const fs::path where = folder / "inputs.json", answers = folder / "expected.safetensors";
  if (!fs::is_regular_file(where, ignored) || !fs::is_regular_file(answers, ignored)) return std::nullopt;
  const Json inputs = read_json(where);
  const auto file = open_safetensors(answers);
  std::optional<Reference> reference;
  if (!list_of(inputs, "inputs", where).empty()) {
    reference = read_states(inputs, *file, where);
  } else if (!list_of(inputs, "texts", where).empty() && file->find(plain_call(inputs, where)) != nullptr) {
    reference = read_vectors(inputs, *file, where);
  }
  if (reference) reference->file = answers;
  return reference;
}

Embedder load_to_verify(const fs::path& model, EmbedderOptions options, const Reference* reference, Context& context) {
  if (reference != nullptr) {
    options.dims = reference->dims;
    // States of tokens are of whole texts, however many the model was trained for.
    for (std::size_t i = 0; i < reference->states.size(); ++i) options.max_tokens = std::max(options.max_tokens, reference->ids[i].size());
  }
  Embedder embedder = Embedder::load(model, options, context);
  if (reference == nullptr || embedder.prompt(TextRole::plain).empty()) return embedder;
  options.prompt = "";
  return Embedder::load(model, options, context);
}

}  // namespace akin
