#include "transformer_runner.h"

#include <algorithm>
#include <utility>

#include "akin/base/crew.h"
#include "akin/nn/weights.h"
#include "transformer_backend.h"

namespace akin {

TransformerRunner::TransformerRunner(const TensorFile& weights, const ModelDescription& model, Precision precision, Context& context)
    : transformer_(weights, model, gemm_type(precision), context) {}

void TransformerRunner::run_batch(std::span<const Encoding> encodings, const MicroBatch& batch, const Take& take, Crew* crew) const {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> types;
  std::vector<std::size_t> starts = {0};
  for (const std::size_t i : batch) {
    ids.insert(ids.end(), encodings[i].ids.begin(), encodings[i].ids.end());
    types.insert(types.end(), encodings[i].type_ids.begin(), encodings[i].type_ids.end());
    starts.push_back(ids.size());
  }
  const ScratchPool<Scratch>::Lease lease(scratch_);
  Scratch& scratch = lease.get();
  const MatrixView<float> hidden = nn::grow(scratch.hidden, ids.size(), transformer_.spec().dim);
  if (crew == nullptr) {
    transformer_.forward({ids, types, starts}, scratch.buffers, hidden);
  } else {
    transformer_.forward({ids, types, starts}, scratch.buffers, hidden, *crew);
  }
  take({batch, starts, hidden});
}

void TransformerRunner::run(std::span<const Encoding> encodings, const Take& take, Context& context) const {
  std::vector<std::size_t> lengths(encodings.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = encodings[i].ids.size();
  std::vector<MicroBatch> batches = cut_micro_batches(lengths, kMicroBatchTokens);
  for (MicroBatch& batch : batches) std::erase_if(batch, [&](std::size_t i) { return lengths[i] == 0; });
  std::erase_if(batches, [](const MicroBatch& batch) { return batch.empty(); });
  run_micro_batches(batches.size(), context, [&](std::size_t b, Crew* crew) { run_batch(encodings, batches[b], take, crew); });
}

}  // namespace akin
