#include "akin/embed/verify_pairs.h"

#include <gtest/gtest.h>

#include "golden_files.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;
using nlohmann::json;

CrossEncoder load(const char* name, Context& context) {
  return CrossEncoder::load(golden::path(std::string("sentence-transformers/") + name), {}, context);
}

TEST(VerifyPairs, PassesCrossEncodersThatGiveTheirReference) {
  Context context(2);
  for (const char* name : {"cross-encoder", "cross-encoder-3", "cross-encoder-identity"}) {
    const auto reference = find_pair_reference(golden::path(std::string("sentence-transformers/") + name));
    ASSERT_TRUE(reference.has_value()) << name;
    const VerifyReport report = verify_pairs(load(name, context), &*reference, context);
    EXPECT_TRUE(report.passed()) << name << ": " << report.max_abs_difference << " " << report.first_difference;
    EXPECT_EQ(report.n_ids_equal, 12U);
    EXPECT_EQ(report.invariance.size(), 5U);
  }
}

TEST(VerifyPairs, ProvesInvarianceAloneWithoutAReference) {
  Context context(1);
  const VerifyReport report = verify_pairs(load("cross-encoder", context), nullptr, context);
  EXPECT_TRUE(report.passed());
  EXPECT_FALSE(report.has_reference);
  EXPECT_FALSE(find_pair_reference(golden::path("sentence-transformers/pool-mean")).has_value());
}

TEST(VerifyPairs, SeesALogitAndAnIdThatDiffer) {
  Context context(1);
  const CrossEncoder model = load("cross-encoder", context);
  PairReference reference = *find_pair_reference(golden::path("sentence-transformers/cross-encoder"));
  reference.logits(3, 0) += 1e-4F;
  EXPECT_FALSE(verify_pairs(model, &reference, context).vectors_near());
  reference.ids[4][1] += 1;
  const VerifyReport report = verify_pairs(model, &reference, context);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.first_difference, "pair 5");
}

TEST(VerifyPairs, RefusesABrokenReferenceInOneLine) {
  const std::pair<std::function<void(json&)>, const char*> kCases[] = {
      {[](json& j) { j["pairs"].erase(0); }, "a row for each of 11 pairs"},
      {[](json& j) { j["pairs"] = 3; }, "'pairs' is no list of pairs"},
      {[](json& j) { j["pairs"][0]["a"] = 3; }, "key 'a' has a value of the wrong kind"},
      {[](json& j) { j["pairs"][2] = "x"; }, "a JSON object is wanted"},
  };
  for (const auto& [spoil, wanted] : kCases) {
    const ModelCopy copy("sentence-transformers/cross-encoder");
    copy.edit_json("inputs.json", spoil);
    try {
      (void)find_pair_reference(copy.path());
      ADD_FAILURE() << wanted;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_NE(std::string(error.what()).find(wanted), std::string::npos) << error.what();
    }
  }
  Context context(1);
  const CrossEncoder three = load("cross-encoder-3", context);
  const PairReference one = *find_pair_reference(golden::path("sentence-transformers/cross-encoder"));
  EXPECT_THROW((void)verify_pairs(three, &one, context), Error);
}

}  // namespace
}  // namespace akin
