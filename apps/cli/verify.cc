#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "akin/embed/verify_pairs.h"
#include "akin/hub/load_embedder.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model, reference;
};

// Given, else inside the model's folder, else beside the embedded models under the model's own name.
std::optional<Reference> reference_for(const std::string& given, const LocalModel& local) {
  if (!given.empty()) return read_reference(given);
  std::error_code ignored;
  if (std::optional<Reference> inside = find_reference(local.path)) return inside;
  std::string name = fs::path(local.name).filename().string();
  for (const char* ending : {".gguf", ".Q8_0", ".q8_0", "-q8_0", ".f16", "-f16", ".f32", "-f32"})
    if (name.ends_with(ending)) name.resize(name.size() - std::string_view(ending).size());
  fs::path shipped = embedded_models_folder() / (name + ".reference.safetensors");
  if (fs::is_regular_file(shipped, ignored)) return read_reference(shipped);
  return std::nullopt;
}

// What is proved, of an embedder or of a cross-encoder.
struct Subject {
  LocalModel local;
  ModelInfo info;
  std::string fingerprint;     // of embedders
  std::string reference_file;  // empty: there is none
  std::string of = "texts";    // texts, tokens or pairs
};

nlohmann::json json_of(const Subject& subject, const VerifyReport& report) {
  nlohmann::json json = {{"model", subject.local.name},
                         {"path", subject.local.path.string()},
                         {"precision", name_of(subject.info.precision)},
                         {"weight_type", subject.info.weight_type},
                         {"fingerprint", subject.fingerprint},
                         {"n_texts", report.n_texts},
                         {"n_images", report.n_images},
                         {"passed", report.passed()},
                         {"invariant", report.invariant()},
                         {"seconds", report.seconds},
                         {"reference", nullptr}};
  for (const InvarianceCheck& check : report.invariance)
    json["invariance"].push_back({{"pass", check.name}, {"n_different", check.n_different}});
  if (report.has_reference) {
    json["reference"] = {{"file", subject.reference_file},
                         {"of", subject.of},
                         {"n_ids_equal", report.n_ids_equal},
                         {"first_difference", report.first_difference},
                         {"max_abs_difference", report.max_abs_difference},
                         {"allowed_difference", report.allowed_difference},
                         {"cosine_mean", report.cosine_mean},
                         {"cosine_least", report.cosine_least},
                         {"allowed_cosine", report.allowed_cosine}};
  }
  return json;
}

std::string mark(bool good) { return good ? green("yes") : yellow("NO "); }

std::string scientific(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1e", value);
  return buffer;
}

void print_report(const Subject& subject, const VerifyReport& report) {
  const std::string texts = subject.of == "pairs" ? " pairs" : " texts";
  const std::string numbers = subject.of == "pairs" ? "scores" : subject.of == "tokens" ? "vectors of tokens" : "vectors";
  print(bold(subject.local.name) + ", weights " + subject.info.weight_type + ", computed in " +
        std::string(name_of(subject.info.precision)) + ", " + grouped(report.n_texts) + texts +
        (report.n_images > 0 ? " and " + grouped(report.n_images) + " images" : "") + "\n");
  if (report.has_reference) {
    print(mark(report.ids_equal()) + "  token ids equal the reference's: " + grouped(report.n_ids_equal) + " of " +
          grouped(report.n_texts) + texts + (report.first_difference.empty() ? "" : "; first difference: " + report.first_difference) +
          "\n");
    print(mark(report.vectors_near()) + "  " + numbers + ": largest difference " + scientific(report.max_abs_difference) +
          (report.allowed_difference > 0 ? " (at most " + scientific(report.allowed_difference) + ")" : "") + ", cosine mean " +
          fixed(report.cosine_mean, 6) + ", least " + fixed(report.cosine_least, 6) + " (at least " + fixed(report.allowed_cosine, 6) +
          ")\n");
  } else {
    print("--   no reference vectors for this model (--reference FILE names some): only invariance is proved\n");
  }
  for (const InvarianceCheck& check : report.invariance)
    print(mark(check.n_different == 0) + "  same bits as alone on one thread: " + check.name +
          (check.n_different == 0 ? "" : ": " + grouped(check.n_different) + " " + numbers + " differ") + "\n");
  print(dim((report.has_reference ? "reference " + subject.reference_file + ", " : std::string()) + seconds_text(report.seconds)) + "\n");
}

VerifyReport verify_reranker(Subject& subject, const Common& common, Context& context) {
  const std::optional<PairReference> reference = find_pair_reference(subject.local.path);
  CrossEncoderOptions options;
  options.precision = precision_from(common.precision);
  if (reference) options.max_tokens = reference->max_tokens;
  const CrossEncoder model = CrossEncoder::load(subject.local.path, options, context);
  subject.info.precision = options.precision;
  subject.info.weight_type = model.info().weight_type;
  subject.of = "pairs";
  if (reference) subject.reference_file = reference->file.string();
  return verify_pairs(model, reference ? &*reference : nullptr, context);
}

VerifyReport verify_embedder(Subject& subject, const std::string& reference_file, const Common& common, Context& context) {
  const std::optional<Reference> reference = reference_for(reference_file, subject.local);
  const Reference* wanted = reference ? &*reference : nullptr;
  EmbedderOptions options;
  options.precision = precision_from(common.precision);
  const Embedder embedder = load_to_verify(subject.local.path, options, wanted, context);
  subject.info = embedder.info();
  subject.fingerprint = embedder.fingerprint();
  if (reference) {
    subject.reference_file = reference->file.string();
    subject.of = reference->states.empty() ? "texts" : "tokens";
  }
  return verify(embedder, wanted, context);
}

int run(const Options& options, Common& common, Context& context) {
  if (!options.model.empty()) common.model = options.model;
  if (is_remote_model(common.model))
    throw Error(ErrorCode::unsupported, "'" + common.model + "' runs elsewhere: only models whose files are here can be proved");
  Subject subject;
  subject.local = resolve_model(common.model);
  const bool is_reranker = options.reference.empty() && is_cross_encoder(subject.local.path);
  const VerifyReport report =
      is_reranker ? verify_reranker(subject, common, context) : verify_embedder(subject, options.reference, common, context);
  if (common.json) {
    print_json(json_of(subject, report));
  } else {
    print_report(subject, report);
  }
  if (!report.passed()) throw Error(ErrorCode::mismatch, "'" + subject.local.name + "' did not pass: see what is marked NO");
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
