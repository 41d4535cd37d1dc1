#include "position_figures.h"

#include <algorithm>
#include <cmath>

#include "akin/nn/position_similarity.h"

namespace akin::cli {
namespace {

constexpr std::size_t kMostLines = 8;  // as many colours there are

LineSeries by_distance(std::string label, std::span<const double> values, double first = 0) {
  LineSeries series{std::move(label), {}, {values.begin(), values.end()}};
  for (std::size_t i = 0; i < values.size(); ++i) series.x.push_back(first + static_cast<double>(i));
  return series;
}

LineChart similarity_chart(std::vector<LineSeries> series) {
  return {"Similarity by distance", {"distance in tokens", {}}, {"cosine", {}}, std::move(series), {}};
}

Heatmap pairs_map(const std::string& title, const std::string& label, ColorScale scale, std::size_t n) {
  return {title, {"key position", {}}, {"query position", {}}, Matrix<double>(n, n), label, scale};
}

std::string head_name(std::size_t head) { return "head " + std::to_string(head + 1); }

// Matrices are shown up to this many positions: more are finer than a picture's dots.
std::size_t shown(std::size_t n) { return std::min<std::size_t>(n, 128); }

}  // namespace

std::vector<std::size_t> spread(std::size_t n, std::size_t most) {
  std::vector<std::size_t> out;
  const std::size_t count = std::min(n, most);
  for (std::size_t i = 0; i < count; ++i) out.push_back(count < 2 ? 0 : i * (n - 1) / (count - 1));
  return out;
}

Figure table_figure(const std::string& title, MatrixView<const float> table) {
  Heatmap map{"The table", {"dimension", {}}, {"position", {}}, Matrix<double>(table.rows(), table.cols()), "", ColorScale::sign};
  for (std::size_t r = 0; r < table.rows(); ++r) std::ranges::copy(table.row(r), map.values.row(r).begin());
  Heatmap cosines{"Similarity of positions",     {"position", {}}, {"position", {}},
                  nn::similarity_of_rows(table), "cosine",         ColorScale::amount};
  Figure figure{title, {}, 3};
  figure.panels.emplace_back(std::move(map));
  figure.panels.emplace_back(std::move(cosines));
  figure.panels.emplace_back(similarity_chart({by_distance("cosine", nn::similarity_by_distance(table))}));
  return figure;
}

Figure rope_figure(const std::string& title, const nn::RopeSpec& spec, std::size_t n) {
  const std::vector<float> frequencies = nn::rope_frequencies(spec, n);
  const std::size_t rows = shown(n);
  Heatmap map{"Cosine of the angle", {"pair of dimensions", {}}, {"position", {}}, Matrix<double>(rows, frequencies.size()), "cos",
              ColorScale::sign};
  for (std::size_t p = 0; p < rows; ++p)
    for (std::size_t i = 0; i < frequencies.size(); ++i)
      map.values(p, i) = std::cos(static_cast<double>(p) * static_cast<double>(frequencies[i]));
  const bool scaled = spec.scaling.kind != nn::RopeScalingKind::none;
  std::vector<LineSeries> lines = {by_distance(scaled ? "scaled" : "rotary", nn::rope_similarity(spec, n))};
  nn::RopeSpec plain = spec;
  plain.scaling = {};
  if (scaled) lines.push_back(by_distance("plain", nn::rope_similarity(plain, n)));
  LineChart waves{"Wavelengths", {"pair of dimensions", {}}, {"log10 of tokens a turn", {}}, {}, {}};
  const auto wavelengths = [](const nn::RopeSpec& of, std::size_t length) {
    std::vector<double> out;
    for (const float f : nn::rope_frequencies(of, length)) out.push_back(std::log10(2 * std::acos(-1.0) / static_cast<double>(f)));
    return out;
  };
  waves.series.push_back(by_distance(scaled ? "scaled" : "rotary", wavelengths(spec, n)));
  if (scaled) waves.series.push_back(by_distance("plain", wavelengths(plain, n)));
  Figure figure{title, {}, 3};
  figure.panels.emplace_back(std::move(map));
  figure.panels.emplace_back(similarity_chart(std::move(lines)));
  figure.panels.emplace_back(std::move(waves));
  return figure;
}

Figure alibi_figure(const std::string& title, std::span<const float> slopes, std::size_t n, bool causal) {
  LineChart biases{"Bias by distance", {"distance in tokens", {}}, {"added to the score", {}}, {}, {}};
  LineChart weights{"Attention of equal scores", {"distance in tokens", {}}, {"share", {}}, {}, {}};
  for (const std::size_t head : spread(slopes.size(), kMostLines)) {
    std::vector<double> bias(n), share(n);
    double sum = 0;
    for (std::size_t d = 0; d < n; ++d) {
      bias[d] = -static_cast<double>(slopes[head]) * static_cast<double>(d);
      share[d] = std::exp(bias[d]);
      sum += share[d] * (causal || d == 0 ? 1 : 2);
    }
    for (double& x : share) x /= sum;
    biases.series.push_back(by_distance(head_name(head), bias));
    weights.series.push_back(by_distance(head_name(head), share));
  }
  const std::size_t rows = shown(n), middle = slopes.size() / 2;
  Heatmap map = pairs_map("Bias matrix, " + head_name(middle), "bias", ColorScale::amount, rows);
  for (std::size_t q = 0; q < rows; ++q)
    for (std::size_t k = 0; k < rows; ++k) {
      const double distance = std::abs(static_cast<double>(q) - static_cast<double>(k));
      map.values(q, k) = causal && k > q ? std::nan("") : -static_cast<double>(slopes[middle]) * distance;
    }
  Figure figure{title, {}, 3};
  figure.panels.emplace_back(std::move(biases));
  figure.panels.emplace_back(std::move(map));
  figure.panels.emplace_back(std::move(weights));
  return figure;
}

Figure bucket_figure(const std::string& title, const nn::RelativeBuckets& buckets, MatrixView<const float> bias, std::size_t n) {
  const auto reach = static_cast<std::ptrdiff_t>(n) - 1;
  std::vector<double> by(2 * n - 1);
  for (std::ptrdiff_t d = -reach; d <= reach; ++d) by[static_cast<std::size_t>(d + reach)] = static_cast<double>(nn::bucket_of(buckets, d));
  LineChart line{"Bucket by distance",
                 {"key position − query position", {}},
                 {"bucket", {}},
                 {by_distance("bucket", by, -static_cast<double>(reach))},
                 {}};
  const std::size_t rows = shown(n);
  Heatmap map = pairs_map("Buckets of all pairs", "bucket", ColorScale::amount, rows);
  for (std::size_t q = 0; q < rows; ++q)
    for (std::size_t k = 0; k < rows; ++k)
      map.values(q, k) = static_cast<double>(nn::bucket_of(buckets, static_cast<std::ptrdiff_t>(k) - static_cast<std::ptrdiff_t>(q)));
  Figure figure{title, {}, bias.rows() > 0 ? 3U : 2U};
  figure.panels.emplace_back(std::move(line));
  figure.panels.emplace_back(std::move(map));
  if (bias.rows() == 0) return figure;
  LineChart heads{"Learned bias by distance", {"key position − query position", {}}, {"added to the score", {}}, {}, {}};
  for (const std::size_t head : spread(bias.cols(), kMostLines)) {
    std::vector<double> values;
    for (const double bucket : by) values.push_back(static_cast<double>(bias(static_cast<std::size_t>(bucket), head)));
    heads.series.push_back(by_distance(head_name(head), values, -static_cast<double>(reach)));
  }
  figure.panels.emplace_back(std::move(heads));
  return figure;
}

Figure extrapolation_figure(const std::string& title, std::span<const std::pair<std::string, ExtrapolationReport>> reports) {
  Figure figure{title, {}, 3};
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const auto& [name, report] : reports) {
    // Single tokens are easy or hard; means over an eighth of the training length show the trend.
    const std::size_t bin = std::max<std::size_t>(1, report.trained / 8);
    LineChart chart{name,
                    {"tokens before", {}},
                    {"loss in nats", {}},
                    {{"all in sight", {}, {}}, {"at most " + std::to_string(report.trained), {}, {}}},
                    {{static_cast<double>(report.trained), "trained"}}};
    for (std::size_t begin = 0; begin + bin <= report.loss.size(); begin += bin) {
      const double middle = static_cast<double>(begin) + static_cast<double>(bin) / 2;
      const double losses[] = {ExtrapolationReport::mean(report.loss, begin, begin + bin),
                               ExtrapolationReport::mean(report.short_loss, begin, begin + bin)};
      for (std::size_t s = 0; s < 2; ++s) {
        chart.series[s].x.push_back(middle);
        chart.series[s].y.push_back(losses[s]);
        low = std::min(low, losses[s]), high = std::max(high, losses[s]);
      }
    }
    figure.panels.emplace_back(std::move(chart));
  }
  // One scale for all models, so that they can be compared by eye.
  for (Panel& panel : figure.panels)
    if (low < high) std::get<LineChart>(panel).y.range = {low - 0.05 * (high - low), high + 0.05 * (high - low)};
  return figure;
}

}  // namespace akin::cli
