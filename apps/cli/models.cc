#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/hub/load_embedder.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

int run(const Common& common) {
  const std::vector<LocalModel> models = list_models();
  if (common.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const LocalModel& m : models) list.push_back({{"name", m.name}, {"path", m.path.string()}, {"origin", m.origin}});
    for (const RemoteKindInfo& kind : remote_kinds()) list.push_back({{"name", kind.name}, {"path", ""}, {"origin", "remote"}});
    print_json(list);
    return 0;
  }
  if (models.empty()) {
    print("No models here. Pass a model folder or a .gguf file as --model, or 'akin pull' one.\n\n");
  }
  Table table{{"name", "from", "path"}, {}};
  for (const LocalModel& m : models) table.rows.push_back({m.name, m.origin, m.path.string()});
  if (!models.empty()) print(table.text() + "\n");
  Table remote{{"runs elsewhere", "needs"}, {}};
  for (const RemoteKindInfo& kind : remote_kinds()) remote.rows.push_back({kind.name, kind.needs});
  print(remote.text());
  return 0;
}

}  // namespace

Run add_models(CLI::App& verb, Common& common) {
  (void)verb;
  return [&common](Context&) { return run(common); };
}

}  // namespace akin::cli
