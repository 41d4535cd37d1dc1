#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>

#include "akin/akin.h"
#include "akin/base/mapped_file.h"
#include "akin/nn/alibi.h"
#include "akin/nn/position_similarity.h"
#include "akin/nn/sinusoidal.h"
#include "position_figures.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPositions = 4096, kShownNumbers = 4, kShownRows = 24;
constexpr std::size_t kMostTextBytes = std::size_t{64} << 20;

struct Options {
  std::string scheme, file, out, theme = "light", layout, scaling = "none", slopes = "bloom";
  std::vector<std::string> others;
  std::size_t n = 128, dim = 64, heads = 8, buckets = 32, max_distance = 128, original = 0, trained = 0, length = 0, windows = 16, rotation = 1;
  double theta = 10000, factor = 1;
  bool causal = false;
};

/// What one scheme shows, in each form.
struct Shown {
  json data;
  Table table;
  Figure figure;
  std::string footer;
};

std::vector<std::vector<float>> rows_of(MatrixView<const float> table) {
  std::vector<std::vector<float>> rows;
  for (std::size_t r = 0; r < table.rows(); ++r) rows.emplace_back(table.row(r).begin(), table.row(r).end());
  return rows;
}

ModelPositions model_positions(const Options& options, const Common& common) {
  return read_positions(resolve_model(common.model).path, options.n);
}

[[noreturn]] void lacks(const ModelPositions& model, const std::string& scheme) {
  throw Error(ErrorCode::unsupported,
              model.name + ": this " + model.family + " model has no " + scheme + " positions; it has " + model.kinds());
}

Shown show_table(const std::string& title, MatrixView<const float> table) {
  const std::vector<double> similarity = nn::similarity_by_distance(table);
  Figure figure = table_figure(title, table);
  Shown shown{{{"title", title},
               {"n_positions", table.rows()},
               {"dim", table.cols()},
               {"similarity_by_distance", similarity},
               {"table", rows_of(table)}},
              {{"position", "row", "cosine at that distance"}, {}},
              std::move(figure),
              ""};
  for (const std::size_t p : spread(table.rows(), kShownRows)) {
    std::string numbers;
    for (std::size_t c = 0; c < std::min(table.cols(), kShownNumbers); ++c) numbers += (c == 0 ? "" : " ") + fixed(table(p, c), 4);
    shown.table.rows.push_back({std::to_string(p), numbers + " …", fixed(similarity[p], 4)});
  }
  return shown;
}

Shown show_sinusoidal(const Options& options, const Common&) {
  const std::string layout = options.layout.empty() ? "interleaved" : options.layout;
  check_choice("--layout", layout, {"interleaved", "halves"});
  const auto kind = layout == "halves" ? nn::SinusoidalLayout::halves : nn::SinusoidalLayout::interleaved;
  const Matrix<float> table = nn::sinusoidal_positions(options.n, options.dim, kind, options.theta);
  Shown shown = show_table("Sinusoidal positions", table.view());
  shown.data["layout"] = layout;
  shown.data["theta"] = options.theta;
  return shown;
}

Shown show_learned(const Options& options, const Common& common) {
  const ModelPositions model = model_positions(options, common);
  if (model.learned.rows() == 0) lacks(model, "learned");
  Shown shown = show_table("Learned positions of " + model.name, model.learned.view());
  shown.data["model"] = model.name;
  return shown;
}

nn::RopeSpec rope_spec(const Options& options, const Common& common, std::string& title) {
  title = "Rotary positions";
  if (!common.model.empty()) {
    const ModelPositions model = model_positions(options, common);
    if (model.ropes.empty()) lacks(model, "rotary");
    title += " of " + model.name;
    const std::size_t n = model.ropes.size();
    if (options.rotation > n)
      throw Error(ErrorCode::invalid_argument, model.name + ": --rotation " + std::to_string(options.rotation) +
                                                   " is asked for, the model has " + std::to_string(n));
    // Gemma 3 and ModernBERT turn local and global layers by wavelengths of their own.
    if (n > 1) title += ", rotation " + std::to_string(options.rotation) + " of " + std::to_string(n);
    return model.ropes[options.rotation - 1];
  }
  constexpr std::pair<const char*, nn::RopeScalingKind> kScalings[] = {
      {"none", nn::RopeScalingKind::none},           {"linear", nn::RopeScalingKind::linear}, {"ntk", nn::RopeScalingKind::ntk},
      {"dynamic", nn::RopeScalingKind::dynamic_ntk}, {"yarn", nn::RopeScalingKind::yarn},     {"llama3", nn::RopeScalingKind::llama3}};
  check_choice("--scaling", options.scaling, {"none", "linear", "ntk", "dynamic", "yarn", "llama3"});
  nn::RopeSpec spec{.dim = options.dim, .theta = options.theta};
  for (const auto& [name, kind] : kScalings)
    if (options.scaling == name) spec.scaling.kind = kind;
  spec.scaling.factor = options.factor;
  spec.scaling.original_positions = options.original;
  if (spec.scaling.kind == nn::RopeScalingKind::yarn) spec.scaling.attention_factor = nn::yarn_attention_factor(options.factor);
  if (options.scaling != "none") title += ", " + options.scaling + " × " + json(options.factor).dump();
  return spec;
}

Shown show_rope(const Options& options, const Common& common) {
  std::string title;
  const nn::RopeSpec spec = rope_spec(options, common, title);
  const std::vector<float> frequencies = nn::rope_frequencies(spec, options.n);
  std::vector<double> wavelengths;
  for (const float f : frequencies) wavelengths.push_back(2 * std::numbers::pi / static_cast<double>(f));
  Figure figure = rope_figure(title, spec, options.n);
  Shown shown{{{"title", title},
               {"n_positions", options.n},
               {"dim", spec.dim},
               {"theta", spec.theta},
               {"scaling", options.scaling},
               {"attention_factor", spec.scaling.attention_factor},
               {"frequencies", frequencies},
               {"wavelengths", wavelengths},
               {"similarity_by_distance", nn::rope_similarity(spec, options.n)}},
              {{"pair", "angle a token", "tokens a turn"}, {}},
              std::move(figure),
              ""};
  for (const std::size_t i : spread(frequencies.size(), kShownRows))
    shown.table.rows.push_back({std::to_string(i), fixed(frequencies[i], 8), fixed(wavelengths[i], 2)});
  return shown;
}

Shown show_alibi(const Options& options, const Common& common) {
  check_choice("--slopes", options.slopes, {"bloom", "mpt"});
  std::string title = "ALiBi, " + std::to_string(options.heads) + " heads";
  std::vector<float> slopes;
  bool causal = true;
  if (!common.model.empty()) {
    const ModelPositions model = model_positions(options, common);
    if (model.alibi_slopes.empty()) lacks(model, "ALiBi");
    slopes = model.alibi_slopes;
    causal = model.causal;
    title = "ALiBi of " + model.name;
  } else {
    slopes = options.slopes == "mpt" ? nn::alibi_slopes_mpt(options.heads) : nn::alibi_slopes(options.heads);
  }
  Figure figure = alibi_figure(title, slopes, options.n, causal);
  Shown shown{{{"title", title}, {"n_positions", options.n}, {"causal", causal}, {"slopes", slopes}},
              {{"head", "slope", "bias at 1", "at 16", "at 128", "half the weight after"}, {}},
              std::move(figure),
              "bias = −slope × distance, added to the score of a query and a key; nothing is added to the tokens"};
  for (std::size_t h = 0; h < slopes.size(); ++h) {
    const auto slope = static_cast<double>(slopes[h]);
    shown.table.rows.push_back({std::to_string(h + 1), fixed(slope, 6), fixed(-slope, 4), fixed(-16 * slope, 4), fixed(-128 * slope, 4),
                                fixed(std::numbers::ln2 / slope, 1) + " tokens"});
  }
  return shown;
}

/// Rows of the table: one a bucket, with the distances that fall into it.
void add_buckets(const nn::RelativeBuckets& buckets, MatrixView<const float> bias, std::size_t n, Shown& shown) {
  const auto reach = static_cast<std::ptrdiff_t>(n) - 1;
  std::vector<std::size_t> by_distance;
  for (std::ptrdiff_t d = -reach; d <= reach; ++d) by_distance.push_back(nn::bucket_of(buckets, d));
  shown.data["bucket_by_distance"] = by_distance;
  shown.data["first_distance"] = -reach;
  const std::vector<std::size_t> heads = spread(bias.cols(), kShownNumbers);
  for (const std::size_t head : heads) shown.table.header.push_back("head " + std::to_string(head + 1));
  for (std::size_t i = 0, end = 0; i < by_distance.size(); i = end) {
    while (end < by_distance.size() && by_distance[end] == by_distance[i]) ++end;
    const auto distance = [&](std::size_t at) { return std::to_string(static_cast<std::ptrdiff_t>(at) - reach); };
    std::vector<std::string> row = {std::to_string(by_distance[i]), distance(i), distance(end - 1)};
    for (const std::size_t head : heads) row.push_back(fixed(bias(by_distance[i], head), 4));
    shown.table.rows.push_back(std::move(row));
  }
}

Shown show_buckets(const Options& options, const Common& common) {
  nn::RelativeBuckets buckets{options.buckets, options.max_distance, !options.causal};
  Matrix<float> bias;
  std::string title = "Relative buckets";
  if (!common.model.empty()) {
    ModelPositions model = model_positions(options, common);
    if (!model.relative_buckets) lacks(model, "relative");
    buckets = *model.relative_buckets;
    bias = std::move(model.relative_bias);
    title += " of " + model.name;
  }
  Figure figure = bucket_figure(title, buckets, bias.view(), options.n);
  Shown shown{{{"title", title},
               {"n_buckets", buckets.n_buckets},
               {"max_distance", buckets.max_distance},
               {"bidirectional", buckets.bidirectional}},
              {{"bucket", "from", "to"}, {}},
              std::move(figure),
              "distances are key position − query position"};
  if (bias.rows() > 0) shown.data["bias"] = rows_of(bias.view());
  add_buckets(buckets, bias.view(), options.n, shown);
  return shown;
}

/// Rows of the table: half a training length each.
void add_losses(const std::string& name, const LanguageModel& model, const ExtrapolationReport& report, Shown& shown) {
  shown.data["models"].push_back({{"model", name},
                                  {"positions", model.positions()},
                                  {"trained", report.trained},
                                  {"length", report.length},
                                  {"n_windows", report.n_windows},
                                  {"loss", report.loss},
                                  {"loss_with_trained_length", report.short_loss}});
  const std::size_t step = std::max<std::size_t>(1, report.trained / 2);
  for (std::size_t begin = 0; begin < report.loss.size(); begin += step) {
    const double all = ExtrapolationReport::mean(report.loss, begin, begin + step);
    const double some = ExtrapolationReport::mean(report.short_loss, begin, begin + step);
    shown.table.rows.push_back({name, model.positions(),
                                std::to_string(begin + 1) + "–" + std::to_string(std::min(begin + step, report.loss.size())), fixed(all, 3),
                                fixed(std::exp(all), 2), fixed(std::exp(some), 2), begin < report.trained - 1 ? "" : "beyond training"});
  }
}

Shown show_extrapolation(const Options& options, const Common& common, Context& context) {
  if (options.file.empty()) throw UsageError("extrapolate wants a text file: akin positions extrapolate FILE --model DIR");
  const std::string text = read_file(options.file, kMostTextBytes);
  Shown shown{{{"text", options.file}, {"models", json::array()}},
              {{"model", "positions", "tokens before", "loss", "perplexity", "with trained length", ""}, {}},
              {},
              "perplexity with all tokens before in sight, and with no more of them than a training text has"};
  std::vector<std::pair<std::string, ExtrapolationReport>> reports;
  std::vector<std::string> names = {common.model};
  names.insert(names.end(), options.others.begin(), options.others.end());
  for (const std::string& name : names) {
    const LanguageModel model = LanguageModel::load(resolve_model(name).path, precision_from(common.precision), context);
    const std::vector<std::int32_t> ids = model.tokenizer().encode(text, {.special_tokens = false}).ids;
    reports.emplace_back(model.name() + ": " + model.positions(),
                         evaluate_extrapolation(model, ids, {options.trained, options.length, options.windows}, context));
    add_losses(model.name(), model, reports.back().second, shown);
  }
  shown.figure = extrapolation_figure("Loss by position, beyond the trained length", reports);
  return shown;
}

Shown show(const Options& options, const Common& common, Context& context) {
  constexpr std::pair<const char*, Shown (*)(const Options&, const Common&)> kSchemes[] = {
      {"sinusoidal", show_sinusoidal}, {"learned", show_learned}, {"rope", show_rope}, {"alibi", show_alibi}, {"t5", show_buckets}};
  check_choice("SCHEME", options.scheme, {"sinusoidal", "learned", "rope", "alibi", "t5", "extrapolate"});
  for (const auto& [name, scheme] : kSchemes)
    if (options.scheme == name) return scheme(options, common);
  return show_extrapolation(options, common, context);
}

int run(const Options& options, const Common& common, Context& context) {
  check_choice("--theme", options.theme, {"light", "dark"});
  if (options.n == 0 || options.n > kMostPositions) throw UsageError("--positions must be 1 to " + grouped(kMostPositions));
  if (!options.file.empty() && options.scheme != "extrapolate") throw UsageError("only extrapolate takes a file");
  if (!options.out.empty()) check_picture_name(options.out);
  const Shown shown = show(options, common, context);
  if (common.json) {
    print_json(shown.data);
  } else {
    print(shown.table.text());
    if (!shown.footer.empty()) print(dim(shown.footer) + "\n");
  }
  if (options.out.empty()) return 0;
  FigureStyle style;
  style.theme = options.theme == "dark" ? Theme::dark : Theme::light;
  style.panel_width = 380;
  style.panel_height = 290;
  save_figure(options.out, shown.figure, style);
  print_error_line(options.out + ": written");
  return 0;
}

}  // namespace

Run add_positions(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("scheme", options->scheme, "sinusoidal, learned, rope, alibi, t5 (relative buckets) or extrapolate")
      ->type_name("SCHEME")
      ->required();
  verb.add_option("file", options->file, "For extrapolate: a text file to predict, token by token")->type_name("FILE");
  verb.add_option("-o,--out", options->out, "Draw it: .svg or .png")->type_name("FILE");
  verb.add_option("--theme", options->theme, "Of the picture: light or dark")->capture_default_str()->type_name("NAME");
  verb.add_option("-n,--positions", options->n, "How many positions")->capture_default_str()->type_name("N");
  verb.add_option("--dim", options->dim, "Dimensions of the table, or of a head that rope turns")->capture_default_str()->type_name("N");
  verb.add_option("--theta", options->theta, "Base of the wavelengths of sinusoidal and rope")->capture_default_str()->type_name("X");
  verb.add_option("--layout", options->layout, "Of sinusoidal: interleaved (the default) or halves")->type_name("NAME");
  verb.add_option("--scaling", options->scaling, "Of rope: none, linear, ntk, dynamic, yarn or llama3")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--rotation", options->rotation, "Of rope, of a model whose layers turn in several ways: which, from 1")
      ->capture_default_str()
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  verb.add_option("--factor", options->factor, "Of the scaling")->capture_default_str()->type_name("X");
  verb.add_option("--original", options->original, "Of the scaling: the length that the model was trained for")->type_name("N");
  verb.add_option("--heads", options->heads, "Of alibi")->capture_default_str()->check(CLI::Range(1, 1024))->type_name("N");
  verb.add_option("--slopes", options->slopes, "Of alibi, where heads are no power of two: bloom or mpt")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--buckets", options->buckets, "Of t5")->capture_default_str()->check(CLI::Range(2, 65536))->type_name("N");
  verb.add_option("--max-distance", options->max_distance, "Of t5: as far and farther is one bucket")
      ->capture_default_str()
      ->type_name("N");
  verb.add_flag("--causal", options->causal, "Of t5: buckets for what came before only");
  verb.add_option("--with", options->others, "For extrapolate: another model beside the first; may be given several times")
      ->type_name("MODEL")
      ->expected(1)
      ->take_all();
  verb.add_option("--trained", options->trained, "For extrapolate: tokens of a training text; 0 = what the model says")->type_name("N");
  verb.add_option("--length", options->length, "For extrapolate: tokens of a window; 0 = four times as many")->type_name("N");
  verb.add_option("--windows", options->windows, "For extrapolate: at most so many windows")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
