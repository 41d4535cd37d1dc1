#include "loss_figure.h"

#include <cmath>
#include <utility>

namespace akin::cli {
namespace {

LineChart chart_of(const std::vector<LmPoint>& curve, const char* title, double (*value)(double loss)) {
  LineChart chart{title, {"step"}, {title}, {}};
  LineSeries trained{"batches", {}, {}}, held_out{"held-out text", {}, {}};
  for (const LmPoint& point : curve) {
    trained.x.push_back(static_cast<double>(point.step));
    trained.y.push_back(value(point.loss));
    if (!point.held_out_loss) continue;
    held_out.x.push_back(static_cast<double>(point.step));
    held_out.y.push_back(value(*point.held_out_loss));
  }
  chart.series.push_back(std::move(trained));
  if (!held_out.x.empty()) chart.series.push_back(std::move(held_out));
  return chart;
}

}  // namespace

Figure loss_figure(const std::vector<LmPoint>& curve) {
  Figure figure{"Training", {}, 2};
  figure.panels.emplace_back(chart_of(curve, "loss (nats)", [](double loss) { return loss; }));
  figure.panels.emplace_back(chart_of(curve, "perplexity", [](double loss) { return std::exp(loss); }));
  return figure;
}

}  // namespace akin::cli
