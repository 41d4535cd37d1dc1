#include "akin/hub/model_store.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <system_error>

#include "akin/base/edit_distance.h"
#include "akin/base/error.h"
#include "cache_layout.h"
#include "remote_name.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultFile = "all-MiniLM-L6-v2-q8_0.gguf";
// The organisation that a bare name belongs to when several in the cache have a model of that name.
constexpr std::string_view kUsualOwner = "sentence-transformers";
fs::path environment_path(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? fs::path() : fs::path(value);
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// The entries of a folder by name; none if it cannot be read.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) entries.push_back(it->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Whether a module's folder of a sentence-transformers model holds the weights ("0_StaticEmbedding").
bool has_weights_below(const fs::path& folder) {
  for (const fs::path& entry : entries_of(folder))
    if (is_folder(entry) && is_file(entry / "model.safetensors")) return true;
  return false;
}

// A folder that a model could be loaded from: it says what it is, and its weights are there (a download may have been broken off).
bool looks_like_model(const fs::path& folder) {
  const bool has_modules = is_file(folder / "modules.json");
  if (!has_modules && !is_file(folder / "config.json")) return false;
  for (const char* weights : {"model.safetensors", "model.safetensors.index.json"})
    if (is_file(folder / weights)) return true;
  return has_modules && has_weights_below(folder);
}

// The models of a snapshot: itself, or its .gguf files.
std::vector<fs::path> models_in(const fs::path& snapshot) {
  if (looks_like_model(snapshot)) return {snapshot};
  std::vector<fs::path> files;
  for (const fs::path& entry : entries_of(snapshot))
    if (entry.extension() == ".gguf" && is_file(entry)) files.push_back(entry);
  return files;
}

// What is in the snapshot that refs/main points at, else in the last that is whole.
std::vector<fs::path> models_of_repository(const fs::path& repository) {
  if (const auto commit = hub::commit_of(repository, "main"))
    if (auto models = models_in(repository / "snapshots" / *commit); !models.empty()) return models;
  const std::vector<fs::path> snapshots = entries_of(repository / "snapshots");
  for (auto it = snapshots.rbegin(); it != snapshots.rend(); ++it)
    if (auto models = models_in(*it); !models.empty()) return models;
  return {};
}

// One model is called as its repository, one of several .gguf files by its own name too.
std::vector<LocalModel> cached_as(const std::string& name, const std::vector<fs::path>& paths) {
  std::vector<LocalModel> models;
  for (const fs::path& path : paths) models.push_back({paths.size() == 1 ? name : name + "/" + path.filename().string(), path, "cache"});
  return models;
}

std::vector<LocalModel> cached_models() {
  std::vector<LocalModel> models;
  const fs::path cache = hub::cache_folder();
  if (cache.empty()) return models;
  for (const fs::path& entry : entries_of(cache))
    if (const auto name = hub::name_of_repository(entry.filename().string()))
      for (LocalModel& model : cached_as(*name, models_of_repository(entry))) models.push_back(std::move(model));
  return models;
}

// "org/name@v1.0": a branch, tag or commit other than main.
std::optional<LocalModel> find_revision(std::string_view name) {
  const std::size_t at = name.rfind('@');
  if (at == std::string_view::npos || !hub::is_repository_name(name.substr(0, at)) || hub::cache_folder().empty()) return std::nullopt;
  const fs::path repository = hub::cache_folder() / hub::repository_folder(name.substr(0, at));
  const auto commit = hub::commit_of(repository, std::string(name.substr(at + 1)));
  if (!commit) return std::nullopt;
  const auto models = models_in(repository / "snapshots" / *commit);
  return models.empty() ? std::nullopt : std::optional(LocalModel{std::string(name), models.front(), "cache"});
}

std::vector<LocalModel> embedded_models() {
  std::vector<LocalModel> models;
  const fs::path folder = embedded_models_folder();
  if (is_file(folder / kDefaultFile)) models.push_back({std::string(kDefaultModel), folder / kDefaultFile, "embedded"});
  for (const fs::path& entry : entries_of(folder))
    if (entry.extension() == ".gguf" && entry.filename() != kDefaultFile) models.push_back({entry.stem().string(), entry, "embedded"});
  return models;
}

std::string_view without_owner(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// In the cache: the full name, or a bare one under the usual owner, else under the first that has it.
std::optional<LocalModel> find_cached(std::string_view name, const std::vector<LocalModel>& cached) {
  for (const LocalModel& model : cached)
    if (model.name == name) return model;
  if (name.find('/') != std::string_view::npos) return std::nullopt;
  const std::string usual = std::string(kUsualOwner) + "/" + std::string(name);
  for (const LocalModel& model : cached)
    if (model.name == usual) return model;
  for (const LocalModel& model : cached)
    if (without_owner(model.name) == name) return model;
  return std::nullopt;
}

std::optional<LocalModel> find_embedded(std::string_view name) {
  const std::string usual = std::string(kUsualOwner) + "/" + std::string(kDefaultModel);
  for (LocalModel& model : embedded_models()) {
    const bool is_default = model.name == kDefaultModel;
    if (name == model.name || name == model.path.stem() || (is_default && name == usual)) return std::move(model);
  }
  return std::nullopt;
}

// A path must look like a model, or leave no doubt that a path is meant.
std::optional<LocalModel> find_path(std::string_view name) {
  const fs::path path(name);
  const LocalModel model{std::string(name), path, "path"};
  if (is_file(path) || looks_like_model(path)) return model;
  const bool spelled_as_path = path.is_absolute() || name.starts_with(".") || name.ends_with("/");
  if (spelled_as_path && is_folder(path)) return model;
  return std::nullopt;
}

}  // namespace

std::string nearest_model(std::string_view name) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const LocalModel& model : list_models()) {
    const std::size_t distance = std::min(edit_distance(name, model.name), edit_distance(without_owner(name), without_owner(model.name)));
    if (distance < best_distance) {
      best_distance = distance;
      best = model.name;
    }
  }
  return best;
}

namespace {

[[noreturn]] void throw_unknown(std::string_view name) {
  std::string message = "no model '" + std::string(name) + "'";
  if (const std::string nearest = nearest_model(name); !nearest.empty()) message += ": did you mean '" + nearest + "'?";
  const fs::path cache = hub::cache_folder();
  message += message.ends_with('?') ? " Looked for" : ": looked for";
  message += " a folder or file of that name, in the cache";
  if (!cache.empty()) message += " " + cache.string();
  message += " and in " + embedded_models_folder().string() + "; ";
  if (hub::is_repository_name(name)) message += "'akin pull " + std::string(name) + "' fetches it from the Hub; or ";
  message += "pass a model folder or a .gguf file, or see 'akin models'";
  throw Error(ErrorCode::not_found, message);
}

}  // namespace

std::filesystem::path embedded_models_folder() {
  if (fs::path chosen = environment_path("AKIN_MODELS"); !chosen.empty()) return chosen;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  fs::path installed = program.parent_path().parent_path() / "share" / "akin" / "models";
  if (!error && is_folder(installed)) return installed;
  return AKIN_SOURCE_MODELS;
}

LocalModel resolve_model(std::string_view name) {
  if (name.empty()) name = kDefaultModel;
  if (auto model = find_path(name)) return *std::move(model);
  // The default's own name means the same model on every machine, whatever other tools have put into the cache.
  if (name == kDefaultModel)
    if (auto model = find_embedded(name)) return *std::move(model);
  if (auto model = find_cached(name, cached_models())) return *std::move(model);
  if (auto model = find_embedded(name)) return *std::move(model);
  if (auto model = find_revision(name)) return *std::move(model);
  if (hub::is_remote_name(name))
    throw Error(ErrorCode::unsupported,
                "'" + std::string(name) + "' runs elsewhere: here a model is wanted whose files are on this machine");
  throw_unknown(name);
}

std::vector<LocalModel> list_models() {
  std::vector<LocalModel> models = embedded_models();
  for (LocalModel& model : cached_models()) models.push_back(std::move(model));
  return models;
}

}  // namespace akin
