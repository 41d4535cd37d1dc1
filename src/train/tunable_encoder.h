// What a TunableEncoder is made of. See tunable_encoder_test.cc.
#pragma once

#include "akin/embed/sentence_parts.h"
#include "akin/train/tunable_encoder.h"

namespace akin {

struct TunableEncoder::Impl {
  SentenceParts parts;
  Embedder reference;  // the model as it came: tokens, prompts and what `akin info` says
  Parameters parameters;
  TrainableTransformer transformer;

  Impl(SentenceParts the_parts, Embedder the_reference);
};

/// Writes configuration, tokenizer and modules of `parts` to `folder`, and the numbers.
void write_tuned_folder(const SentenceParts& parts, const Parameters& parameters, const std::filesystem::path& folder);

}  // namespace akin
