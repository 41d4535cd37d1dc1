#include "akin/analysis/head.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <map>

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "class_cases.h"
#include "kept_file.h"

namespace akin {
namespace {

using analysis::complaint_of;

Head linear_head() {
  Head head;
  head.labels = {"bill", "naïve", "pump"};
  head.model = "tiny";
  head.fingerprint = std::string(64, 'a');
  head.linear = {analysis::blobs(3, 4, 3, 1, 1), {0.5F, -1, 0}};
  return head;
}

Head knn_head() {
  Head head;
  head.kind = HeadKind::knn;
  head.labels = {"a", "b"};
  head.rows = analysis::blobs(6, 4, 2, 1, 1);
  head.row_labels = {0, 1, 0, 1, 0, 1};
  head.vote = {3, KnnVote::distance, Metric::manhattan};
  return head;
}

using HeadFile = analysis::KeptFileTest<Head, write_head, read_head>;

TEST_F(HeadFile, KeepsEveryKind) {
  const Matrix<float> rows = analysis::blobs(20, 4, 3, 2, 5);
  Context context(1);
  std::vector<Head> heads;
  heads.push_back(linear_head());
  heads.push_back(linear_head());
  heads.back().calibration = {CalibrationKind::temperature, 0.1 + 0.2, {}};
  heads.push_back(linear_head());
  heads.back().kind = HeadKind::svm;
  heads.back().calibration = {CalibrationKind::isotonic, 1, {{{0, 1}, {0, 1}}, {{0}, {0.25F}}, {{-1, 0, 2}, {0, 0.5F, 0.5F}}}};
  heads.push_back(linear_head());
  heads.back().kind = HeadKind::multilabel;
  heads.back().thresholds = {0.5F, 0.25F, 0.75F};
  heads.push_back(knn_head());
  for (const Head& head : heads) {
    const Head read = again(head);
    EXPECT_EQ(read.kind, head.kind);
    EXPECT_EQ(read.labels, head.labels);
    EXPECT_EQ(read.model, head.model);
    EXPECT_EQ(read.fingerprint, head.fingerprint);
    EXPECT_EQ(read.calibration.temperature, head.calibration.temperature);
    EXPECT_EQ(read.thresholds, head.thresholds);
    EXPECT_EQ(read.vote.k, head.kind == HeadKind::knn ? 3U : KnnVoteOptions().k);
    analysis::expect_same_bits(head_probabilities(read, rows.view(), context), head_probabilities(head, rows.view(), context));
  }
}

TEST_F(HeadFile, IsRefusedWhereItIsBroken) {
  using Tensors = std::vector<TensorView>;
  using Metadata = std::map<std::string, std::string, std::less<>>;
  const auto drop = [](const std::string& name) {
    return [name](Tensors& tensors, Metadata&) { std::erase_if(tensors, [&](const TensorView& t) { return t.name == name; }); };
  };
  const auto say = [](const std::string& key, const std::string& value) {
    return [key, value](Tensors&, Metadata& metadata) { metadata[key] = value; };
  };
  const auto bytes = [](const std::string& name, std::span<const std::byte> with, std::vector<std::size_t> shape) {
    return [=](Tensors& tensors, Metadata&) {
      for (TensorView& tensor : tensors)
        if (tensor.name == name) tensor.bytes = with, tensor.shape = shape;
    };
  };
  const Head linear = linear_head(), knn = knn_head();
  EXPECT_EQ(broken(linear, say("format", "other")), "no head of akin: its metadata has no \"format\": \"akin-head\"");
  EXPECT_EQ(broken(linear, say("version", "2")), "a head of version 2; this program reads version 1");
  EXPECT_EQ(broken(linear, say("version", "x")), "metadata 'version' is no number: 'x'");
  EXPECT_NE(broken(linear, say("kind", "forest")), "");
  EXPECT_NE(broken(linear, say("calibration", "platt")), "");
  EXPECT_NE(broken(linear, say("calibration", "isotonic")), "");  // no curves
  const auto hot = [](Tensors&, Metadata& metadata) { metadata["calibration"] = "temperature", metadata["temperature"] = "-1"; };
  EXPECT_EQ(broken(linear, hot), "metadata 'temperature' is not above 0");
  EXPECT_EQ(broken(linear, drop("weight")), "tensor 'weight' is missing");
  EXPECT_EQ(broken(linear, drop("labels")), "tensor 'labels' is missing");
  EXPECT_NE(broken(linear, say("kind", "multilabel")), "");  // no thresholds
  EXPECT_NE(broken(linear, say("kind", "knn")), "");
  const std::vector<float> two = {1, 2}, odd(12, std::numeric_limits<float>::infinity()), even(12, 1);
  EXPECT_EQ(broken(linear, bytes("bias", std::as_bytes(std::span(two)), {2})), "tensor 'bias' has 2 numbers; 3 are wanted");
  EXPECT_EQ(broken(linear, bytes("weight", std::as_bytes(std::span(odd)), {3, 4})), "tensor 'weight' has a number that is not finite");
  EXPECT_EQ(broken(linear, bytes("weight", std::as_bytes(std::span(even)), {4, 3})), "tensor 'weight' has 4 rows for 3 labels");
  const std::string no_end = "abc", not_utf8("a\0\xff\0c\0", 6), one("a\0", 2);
  EXPECT_EQ(broken(linear, bytes("labels", std::as_bytes(std::span(no_end)), {3})), "tensor 'labels' does not end with a NUL");
  EXPECT_EQ(broken(linear, bytes("labels", std::as_bytes(std::span(not_utf8)), {6})), "a label is not UTF-8");
  EXPECT_EQ(broken(linear, bytes("labels", std::as_bytes(std::span(one)), {2})), "too few labels");
  const std::vector<std::int32_t> wrong = {0, 1, 2, 1, 0, 1};
  EXPECT_EQ(broken(knn, bytes("row_labels", std::as_bytes(std::span(wrong)), {6})), "tensor 'row_labels' names a label that is not there");
  EXPECT_EQ(broken(knn, say("n_neighbors", "0")), "metadata 'n_neighbors' is 0");
  EXPECT_EQ(broken(knn, say("vote", "loud")), "metadata 'vote' is neither uniform nor distance");
  EXPECT_NE(broken(knn, say("metric", "dot")), "");
  Head curved = linear_head();
  curved.calibration = {CalibrationKind::isotonic, 1, {{{0}, {0}}, {{0}, {0}}, {{0, 1}, {0, 1}}}};
  const std::vector<std::int64_t> begin = {0, 3, 2, 4};
  EXPECT_NE(broken(curved, bytes("curve_begin", std::as_bytes(std::span(begin)), {4})), "");
  const std::vector<float> falls = {0, 0, 1, 0};
  EXPECT_EQ(broken(curved, bytes("curve_at", std::as_bytes(std::span(falls)), {4})), "tensor 'curve_at' does not rise");
}

TEST_F(HeadFile, IsRefusedAtEveryLengthThatIsTooShort) {
  write_head(file(), knn_head());
  const std::vector<std::byte> bytes = [&] {
    const std::string text = read_file(file(), std::size_t{1} << 20);
    const auto span = std::as_bytes(std::span(text));
    return std::vector<std::byte>(span.begin(), span.end());
  }();
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(read_head(std::span(bytes).first(length), "cut.safetensors"), Error) << length;
  EXPECT_NO_THROW(read_head(bytes, "whole.safetensors"));
}

TEST_F(HeadFile, TakesNoLabelThatItCouldNotKeep) {
  Head head = linear_head();
  head.labels[1] = "\xff";
  EXPECT_NE(complaint_of([&] { write_head(file(), head); }), "");
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST(Head, RefusesVectorsOfAnotherSpace) {
  const Head head = linear_head();
  EXPECT_EQ(complaint_of([&] { check_space(head, std::string(64, 'a'), "tiny", "x.npy"); }), "");
  EXPECT_EQ(complaint_of([&] { check_space(head, "", "", "x.npy"); }), "");
  EXPECT_EQ(
      complaint_of([&] { check_space(head, std::string(64, 'b'), "other", "x.npy"); }),
      "x.npy: the head was trained on vectors of tiny (aaaaaaaaaaaa), these are of other (bbbbbbbbbbbb): another space, whose numbers "
      "mean something else");
  Context context(1);
  EXPECT_EQ(complaint_of([&] { head_scores(head, Matrix<float>(1, 3).view(), context); }),
            "vectors of 3 numbers; the classifier was trained on 4");
}

TEST(Head, RefusesNumbersThatAreNotFinite) {
  Matrix<float> rows(3, 4);
  rows(2, 0) = std::numeric_limits<float>::quiet_NaN();
  Context context(1);
  EXPECT_EQ(complaint_of([&] { head_scores(linear_head(), rows.view(), context); }),
            "classify: row 2 has a number that is not finite (rows count from 0)");
  EXPECT_EQ(head_scores(linear_head(), Matrix<float>(0, 4).view(), context).rows(), 0U);
}

}  // namespace
}  // namespace akin
