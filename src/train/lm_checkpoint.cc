#include "lm_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "akin/base/atomic_file.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "training_checkpoint.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostCurveBytes = std::size_t{1} << 30;

/// Everything that decides a bit of what follows.
TrainingFacts options_of(const LmState& state) {
  const LmShape& s = state.model->shape();
  const LmTrainOptions& o = *state.options;
  const auto whole = [](std::size_t x) { return std::to_string(x); };
  return {{"objective", std::string(name_of(s.objective))},
          {"positions", std::string(name_of(s.positions))},
          {"vocabulary", whole(s.vocabulary_size)},
          {"layers", whole(s.n_layers)},
          {"dim", whole(s.dim)},
          {"heads", whole(s.n_heads)},
          {"kv-heads", whole(s.n_kv_heads)},
          {"inner", whole(s.inner)},
          {"context", whole(o.batches.context)},
          {"tied", s.is_tied ? "true" : "false"},
          {"seed", whole(o.batches.seed)},
          {"order", o.batches.order == LmOrder::shuffled ? "shuffled" : "sequential"},
          {"mask-rate", fact_of(o.batches.mask_rate)},
          {"batch", whole(o.batch)},
          {"accumulate", whole(o.accumulate)},
          {"dropout", fact_of(static_cast<double>(o.dropout))},
          {"rate", fact_of(o.schedule.rate)},
          {"last-rate", fact_of(o.schedule.last_rate)},
          {"warmup", whole(o.schedule.warmup)},
          {"steps", whole(o.schedule.steps)},
          {"beta1", fact_of(o.adam.beta1)},
          {"beta2", fact_of(o.adam.beta2)},
          {"eps", fact_of(o.adam.eps)},
          {"weight-decay", fact_of(o.adam.weight_decay)},
          {"clip", fact_of(o.adam.clip)}};
}

TrainingState training_of(const LmState& state) { return {&state.model->parameters(), state.adam, options_of(state)}; }

Json json_of(const LmPoint& point) {
  Json json = {{"step", point.step},
               {"loss", point.loss},
               {"perplexity", std::exp(point.loss)},
               {"rate", point.rate},
               {"gradient_length", point.gradient_length}};
  if (point.held_out_loss) {
    json["held_out_loss"] = *point.held_out_loss;
    json["held_out_perplexity"] = std::exp(*point.held_out_loss);
  }
  return json;
}

/// Nothing for a line that is no such object.
std::optional<LmPoint> point_of(std::string_view line) {
  const Json json = Json::parse(line.begin(), line.end(), nullptr, false);
  const auto number = [&](const char* name) -> std::optional<double> {
    const auto found = json.find(name);
    return found != json.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
  };
  if (!json.is_object() || !json.contains("step") || !json["step"].is_number_unsigned()) return std::nullopt;
  const auto loss = number("loss"), rate = number("rate"), length = number("gradient_length");
  if (!loss || !rate || !length) return std::nullopt;
  return LmPoint{json["step"].get<std::size_t>(), *loss, *rate, *length, number("held_out_loss")};
}

}  // namespace

void write_lm_checkpoint(const std::filesystem::path& path, const LmState& state) {
  write_training_checkpoint(path, training_of(state), {});
}

void read_lm_checkpoint(const std::filesystem::path& path, const LmState& state) { read_training_checkpoint(path, training_of(state)); }

void write_lm_curve(const std::filesystem::path& path, const std::vector<LmPoint>& curve) {
  AtomicFile file(path);
  for (const LmPoint& point : curve) file.write(json_of(point).dump() + "\n");
  file.commit();
}

std::vector<LmPoint> parse_lm_curve(std::string_view text, std::size_t n_steps, const std::string& name) {
  std::vector<LmPoint> curve;
  for (std::size_t at = 0; at < text.size() && curve.size() < n_steps;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::optional<LmPoint> point = point_of(text.substr(at, end - at));
    at = end + 1;
    if (!point || point->step != curve.size() + 1) {
      throw Error(ErrorCode::corrupt, name + ": line " + std::to_string(curve.size() + 1) + " is no point of a training's curve");
    }
    curve.push_back(*point);
  }
  if (curve.size() < n_steps) {
    throw Error(ErrorCode::corrupt,
                name + ": ends after " + std::to_string(curve.size()) + " steps, its checkpoint has " + std::to_string(n_steps));
  }
  return curve;
}

std::vector<LmPoint> read_lm_curve(const std::filesystem::path& path, std::size_t n_steps) {
  return parse_lm_curve(read_file(path, kMostCurveBytes), n_steps, path.string());
}

}  // namespace akin
