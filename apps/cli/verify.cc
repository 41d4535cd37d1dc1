#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model, reference;
};

// Given, else inside the model's folder, else beside the embedded models under the model's own name.
std::optional<fs::path> find_reference(const std::string& given, const LocalModel& local) {
  if (!given.empty()) return given;
  std::error_code ignored;
  if (fs::path inside = local.path / "reference.safetensors"; fs::is_regular_file(inside, ignored)) return inside;
  std::string name = fs::path(local.name).filename().string();
  for (const char* ending : {".gguf", ".Q8_0", ".q8_0", "-q8_0", ".f16", "-f16", ".f32", "-f32"})
    if (name.ends_with(ending)) name.resize(name.size() - std::string_view(ending).size());
  fs::path shipped = embedded_models_folder() / (name + ".reference.safetensors");
  if (fs::is_regular_file(shipped, ignored)) return shipped;
  return std::nullopt;
}

nlohmann::json json_of(const LoadedModel& model, const std::optional<fs::path>& reference, const VerifyReport& report) {
  nlohmann::json json = {{"model", model.local.name},
                         {"path", model.local.path.string()},
                         {"precision", name_of(model.embedder.info().precision)},
                         {"weight_type", model.embedder.info().weight_type},
                         {"fingerprint", model.embedder.fingerprint()},
                         {"n_texts", report.n_texts},
                         {"n_images", report.n_images},
                         {"passed", report.passed()},
                         {"invariant", report.invariant()},
                         {"seconds", report.seconds}};
  for (const InvarianceCheck& check : report.invariance)
    json["invariance"].push_back({{"pass", check.name}, {"n_different", check.n_different}});
  if (report.has_reference) {
    json["reference"] = {{"file", reference->string()},
                         {"n_ids_equal", report.n_ids_equal},
                         {"first_difference", report.first_difference},
                         {"max_abs_difference", report.max_abs_difference},
                         {"allowed_difference", report.allowed_difference},
                         {"cosine_mean", report.cosine_mean},
                         {"cosine_least", report.cosine_least},
                         {"allowed_cosine", report.allowed_cosine}};
  } else {
    json["reference"] = nullptr;
  }
  return json;
}

std::string mark(bool good) { return good ? green("yes") : yellow("NO "); }

std::string scientific(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1e", value);
  return buffer;
}

void print_report(const LoadedModel& model, const std::optional<fs::path>& reference, const VerifyReport& report) {
  const ModelInfo& info = model.embedder.info();
  print(bold(model.local.name) + ", weights " + info.weight_type + ", computed in " + std::string(name_of(info.precision)) + ", " +
        grouped(report.n_texts) + " texts" + (report.n_images > 0 ? " and " + grouped(report.n_images) + " images" : "") + "\n");
  if (report.has_reference) {
    print(mark(report.ids_equal()) + "  token ids equal the reference's: " + grouped(report.n_ids_equal) + " of " +
          grouped(report.n_texts) + " texts" + (report.first_difference.empty() ? "" : "; first difference: " + report.first_difference) +
          "\n");
    print(mark(report.vectors_near()) + "  vectors: largest difference " + scientific(report.max_abs_difference) +
          (report.allowed_difference > 0 ? " (at most " + scientific(report.allowed_difference) + ")" : "") + ", cosine mean " +
          fixed(report.cosine_mean, 6) + ", least " + fixed(report.cosine_least, 6) + " (at least " + fixed(report.allowed_cosine, 6) +
          ")\n");
  } else {
    print("--   no reference vectors for this model (--reference FILE names some): only invariance is proved\n");
  }
  for (const InvarianceCheck& check : report.invariance)
    print(mark(check.n_different == 0) + "  same bits as alone on one thread: " + check.name +
          (check.n_different == 0 ? "" : ": " + grouped(check.n_different) + " vectors differ") + "\n");
  print(dim((report.has_reference ? "reference " + reference->string() + ", " : std::string()) + seconds_text(report.seconds)) + "\n");
}

int run(const Options& options, Common& common, Context& context) {
  if (!options.model.empty()) common.model = options.model;
  const LoadedModel model = load_model(common, {}, context);
  const std::optional<fs::path> file = find_reference(options.reference, model.local);
  std::optional<Reference> reference;
  if (file) reference = read_reference(*file);
  const VerifyReport report = verify(model.embedder, reference ? &*reference : nullptr, context);
  if (common.json) {
    print_json(json_of(model, file, report));
  } else {
    print_report(model, file, report);
  }
  if (!report.passed()) throw Error(ErrorCode::mismatch, "'" + model.local.name + "' did not pass: see what is marked NO");
  return 0;
}

}  // namespace

Run add_verify(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("what", options->model, "A name, a model folder or a .gguf file; default: the embedded model")->type_name("MODEL");
  verb.add_option("--reference", options->reference, "What a reference implementation answered (tools/make_reference.py writes one)")
      ->type_name("FILE");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
