// One function a verb; each lives in the file of its name.
#pragma once

#include "command.h"

namespace akin::cli {

Run add_embed(CLI::App& verb, Common& common);
Run add_similar(CLI::App& verb, Common& common);
Run add_classify(CLI::App& verb, Common& common);
Run add_cluster(CLI::App& verb, Common& common);
Run add_outliers(CLI::App& verb, Common& common);
Run add_duplicates(CLI::App& verb, Common& common);
Run add_map(CLI::App& verb, Common& common);
Run add_plot(CLI::App& verb, Common& common);
Run add_tokens(CLI::App& verb, Common& common);
Run add_positions(CLI::App& verb, Common& common);
Run add_index(CLI::App& verb, Common& common);
Run add_watch(CLI::App& verb, Common& common);
Run add_search(CLI::App& verb, Common& common);
Run add_delete(CLI::App& verb, Common& common);
Run add_backup(CLI::App& verb, Common& common);
Run add_doctor(CLI::App& verb, Common& common);
Run add_reindex(CLI::App& verb, Common& common);
Run add_import(CLI::App& verb, Common& common);
Run add_export(CLI::App& verb, Common& common);
Run add_rerank(CLI::App& verb, Common& common);
Run add_eval(CLI::App& verb, Common& common);
Run add_train(CLI::App& verb, Common& common);
Run add_distill(CLI::App& verb, Common& common);
Run add_generate(CLI::App& verb, Common& common);
Run add_convert(CLI::App& verb, Common& common);
Run add_pull(CLI::App& verb, Common& common);
Run add_models(CLI::App& verb, Common& common);
Run add_verify(CLI::App& verb, Common& common);
Run add_info(CLI::App& verb, Common& common);
Run add_completions(CLI::App& verb, Common& common);

}  // namespace akin::cli
