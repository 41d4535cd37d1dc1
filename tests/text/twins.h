// A tokenizer's two ways from text to tokens, side by side: Pipeline, which is the definition, and a fast path.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string_view>
#include <utility>

#include "pipeline.h"

namespace akin::text {

template <class Fast>
class Twins {
 public:
  explicit Twins(PipelineParts&& from)
      : parts_(std::move(from)),
        added_(std::move(parts_.added), parts_.normalizer.get()),
        pipeline_(parts_, added_),
        fast_(Fast::make(parts_, added_, pipeline_)) {}

  [[nodiscard]] bool has_fast() const { return fast_ != nullptr; }

  void compare(std::string_view text) const {
    for (const bool offsets : {false, true}) {
      TokenList want;
      TokenSink slow(want, std::numeric_limits<std::size_t>::max(), offsets);
      pipeline_.tokenize(text, slow);
      TokenList got;
      TokenSink quick(got, std::numeric_limits<std::size_t>::max(), offsets);
      fast_->tokenize(text, quick);
      ASSERT_EQ(got.ids, want.ids) << text;
      ASSERT_EQ(got.offsets, want.offsets) << text;
      ASSERT_EQ(got.n_seen, want.n_seen);
      ASSERT_EQ(quick.n_invalid, slow.n_invalid);
    }
  }

 private:
  PipelineParts parts_;
  AddedTokens added_;
  Pipeline pipeline_;
  std::unique_ptr<const Fast> fast_;
};

}  // namespace akin::text
