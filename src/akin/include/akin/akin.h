// akin: everything a program needs, in one include. `Embedder` turns texts into vectors, `Collection` keeps and searches documents,
// `resolve_model` finds models. Tested by akin_test.cc; used in examples/01_embed_and_compare.
#pragma once

#include "akin/base/context.h"
#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/base/matrix.h"
#include "akin/documents/document.h"
#include "akin/embed/cross_encoder.h"
#include "akin/embed/embedder.h"
#include "akin/embed/embedding_writer.h"
#include "akin/embed/language_model.h"
#include "akin/embed/model_positions.h"
#include "akin/embed/nearest_rows.h"
#include "akin/embed/text_generation.h"
#include "akin/embed/text_spans.h"
#include "akin/embed/token_table.h"
#include "akin/embed/token_vectors.h"
#include "akin/embed/value_ranges.h"
#include "akin/embed/verify.h"
#include "akin/embed/word_pooling.h"
#include "akin/embed/word_space.h"
#include "akin/embed/zero_shot.h"
#include "akin/eval/ann.h"
#include "akin/eval/extrapolation.h"
#include "akin/eval/retrieval.h"
#include "akin/eval/sts.h"
#include "akin/eval/word_tests.h"
#include "akin/formats/vector_file.h"
#include "akin/hub/load_embedder.h"
#include "akin/hub/model_store.h"
#include "akin/hub/pull.h"
#include "akin/image/image.h"
#include "akin/index/hnsw.h"
#include "akin/plot/figure.h"
#include "akin/retrieval/collection.h"
#include "akin/retrieval/rerank.h"
#include "akin/retrieval/vector_transfer.h"
#include "akin/space/metric.h"
#include "akin/store/doctor.h"
#include "akin/text/tokenizer.h"
#include "akin/train/distill.h"
#include "akin/train/lm_corpus.h"
#include "akin/train/lm_train.h"
#include "akin/train/text_input.h"
#include "akin/train/tokenizer_trainer.h"
#include "akin/train/word_corpus.h"
#include "akin/train/word_files.h"
#include "akin/train/word_training.h"

namespace akin {

/// The library's version: "0.1.0".
const char* version() noexcept;

}  // namespace akin
