#include "reranker.h"

#include "akin/akin.h"

namespace akin::cli {

CrossEncoder load_reranker(const std::string& name, const Common& common, std::size_t max_tokens, Context& context) {
  const LocalModel local = resolve_model(name);
  if (!is_cross_encoder(local.path)) {
    throw Error(ErrorCode::unsupported, "'" + local.name + "' is no reranker: a folder of a …ForSequenceClassification model is wanted; " +
                                            "'akin embed' and 'akin search --model' use embedders");
  }
  CrossEncoderOptions options;
  options.precision = precision_from(common.precision);
  options.max_tokens = max_tokens;
  return CrossEncoder::load(local.path, options, context);
}

}  // namespace akin::cli
