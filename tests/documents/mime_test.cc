#include "mime.h"

#include <gtest/gtest.h>

namespace akin::documents {
namespace {

TEST(Mime, UnfoldsHeadersAndFindsTheBody) {
  const MimePart part = parse_mime("Subject: a long\r\n  subject\r\nTO: b\r\nTo: c\r\n\r\nbody\r\n");
  EXPECT_EQ(part.header("subject"), "a long subject");
  EXPECT_EQ(part.header("to"), "b");
  EXPECT_EQ(part.header("cc"), "");
  EXPECT_EQ(part.body, "body\r\n");
  EXPECT_EQ(parse_mime("\nbody").body, "body");
  EXPECT_EQ(parse_mime("A: b\nno header: here\n\nbody").body, "no header: here\n\nbody");
  EXPECT_EQ(parse_mime("From a Thu 10:00\nA : b\n\nbody").header("a"), "b");
  EXPECT_EQ(parse_mime("").body, "");
  EXPECT_EQ(parse_mime(" folded first\nA: b").header("a"), "b");
}

TEST(Mime, ReadsFieldsWithParameters) {
  const MimePart part = parse_mime(
      "A: Text/HTML ; charset=\"utf-8\"; x=\"a;\\\"b\" ; y = z\nB: attachment; filename*0*=utf-8''caf%C3%A9%20; filename*1=\"menu.pdf\"\n"
      "C: attachment; filename=\"=?utf-8?q?caf=C3=A9.pdf?=\"\nD: a; b; =c; d=\n\n");
  EXPECT_EQ(part.field("a").value, "text/html");
  EXPECT_EQ(part.field("a").words.at("charset"), "utf-8");
  EXPECT_EQ(part.field("a").words.at("x"), "a;\"b");
  EXPECT_EQ(part.field("a").words.at("y"), "z");
  EXPECT_EQ(part.field("b").words.at("filename"), "café menu.pdf");
  EXPECT_EQ(part.field("c").words.at("filename"), "café.pdf");
  EXPECT_EQ(part.field("d").words.at("d"), "");
  EXPECT_TRUE(part.field("none").words.empty());
}

TEST(Mime, DecodesEncodedWords) {
  EXPECT_EQ(decode_words("=?utf-8?q?caf=C3=A9_now?= and =?ISO-8859-1?B?5GI=?="), "café now and äb");
  EXPECT_EQ(decode_words("=?utf-8?q?a?= \n =?utf-8?q?b?="), "ab");
  EXPECT_EQ(decode_words("=?utf-8?q?a?==?="), "a=?=");
  EXPECT_EQ(decode_words("=?utf-8?x?a?= =?broken"), "=?utf-8?x?a?= =?broken");
  EXPECT_EQ(decode_words("=?utf-8?q?==41?="), "=A");
  EXPECT_EQ(decode_words("plain caf\xE9"), "plain café");
}

TEST(Mime, DecodesBodies) {
  const auto body = [](const std::string& coding, const std::string& text) {
    return decode_body(parse_mime("Content-Transfer-Encoding: " + coding + "\n\n" + text));
  };
  EXPECT_EQ(body("base64", "dGVh\r\nIHRpbWU="), "tea time");
  EXPECT_EQ(body("BASE64", "d!G?V\x80h"), "tea");
  EXPECT_EQ(body("quoted-printable", "a=3D=\r\nb  \r\n=zz=4"), "a=b\n=zz=4");
  EXPECT_EQ(body("8bit", "as it is="), "as it is=");
}

TEST(Mime, SplitsPartsAtTheirBoundary) {
  const std::string body = "preamble\n--x\none\n--xy\n\n--x \r\ntwo\r\n--x--\nepilogue\n--x\n";
  EXPECT_EQ(split_multipart(body, "x", 10), (std::vector<std::string_view>{"one\n--xy\n", "two"}));
  EXPECT_EQ(split_multipart("--x\none\n--x\ncut", "x", 10), (std::vector<std::string_view>{"one", "cut"}));
  EXPECT_EQ(split_multipart("--x\none\n--x\ntwo\n--x\nthree", "x", 2).size(), 2U);
  EXPECT_TRUE(split_multipart("none", "x", 10).empty());
  EXPECT_TRUE(split_multipart("----\n", "", 10).empty());
}

TEST(Mime, WritesDatesTheSameWay) {
  EXPECT_EQ(iso_date("Thu, 4 Mar 2021 05:06:07 +0130"), "2021-03-04T05:06:07+01:30");
  EXPECT_EQ(iso_date("4 Mar 2021 05:06 GMT"), "2021-03-04T05:06:00Z");
  EXPECT_EQ(iso_date("Mon, 19 Apr 93 16:00:00 GMT"), "1993-04-19T16:00:00Z");
  EXPECT_EQ(iso_date("yesterday"), "yesterday");
  EXPECT_EQ(iso_date("99 Mar 2021 05:06:07"), "99 Mar 2021 05:06:07");
}

TEST(Mime, SplitsMailboxes) {
  const std::string box =
      "From a@b Thu Mar  4 05:06:07 2021\nA: 1\n\nFrom here to there\n\nFrom b@c Fri Mar  5 05:06:07 2021\r\nB: 2\r\n\r\nx";
  EXPECT_TRUE(is_mbox(box));
  EXPECT_FALSE(is_mbox("From here to there"));
  EXPECT_FALSE(is_mbox(""));
  EXPECT_EQ(split_mbox(box, 10), (std::vector<std::string_view>{"A: 1\n\nFrom here to there\n\n", "B: 2\r\n\r\nx"}));
  EXPECT_EQ(split_mbox(box, 1).size(), 1U);
  EXPECT_TRUE(split_mbox("no mail", 10).empty());
}

}  // namespace
}  // namespace akin::documents
