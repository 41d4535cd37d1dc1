#include <gtest/gtest.h>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;

std::vector<Document> read(const std::string& bytes, const std::string& name = "a.eml", const ReadLimits& limits = {}) {
  return read_documents(bytes, name, limits);
}

std::string base64(const std::string& bytes) {
  const char* letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += letters[bits >> (18 - 6 * k) & 63];
    if (i % 57 == 54) out += "\r\n";
  }
  return out;
}

TEST(MailReader, TellsSubjectTextAndQuotes) {
  const auto documents = read(
      "From: =?utf-8?q?A=2E_Lic=C3=A9?= <a@example.org>\r\nTo: b@example.org\r\nSubject: Tea =?utf-8?b?4piV?=\r\n"
      "Date: Thu, 4 Mar 2021 05:06:07 +0000\r\nMessage-ID: <1@example.org>\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\n\r\nDear B,\r\n\r\ncaf=E9 is\r\nno tea.\r\n> Is it?\r\n> > Yes.\r\nNo.\r\n");
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(outline(documents[0]),
            "h1 0 [] Tea ☕\n"
            "p 0 [Tea ☕] Dear B,\n"
            "p 0 [Tea ☕] café is no tea.\n"
            "quote 0 [Tea ☕] Is it? Yes.\n"
            "p 0 [Tea ☕] No.\n");
  EXPECT_EQ(documents[0].title, "Tea ☕");
  EXPECT_EQ(documents[0].format, "mail");
  EXPECT_EQ(meta(documents[0], "author"), "A. Licé <a@example.org>");
  EXPECT_EQ(meta(documents[0], "to"), "b@example.org");
  EXPECT_EQ(meta(documents[0], "date"), "2021-03-04T05:06:07Z");
}

TEST(MailReader, ReadsOneOfTheAlternatives) {
  const auto mail = [](const std::string& plain) {
    return "MIME-Version: 1.0\nSubject: s\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n" + plain +
           "\n--x\nContent-Type: text/html\n\n<p>from <b>HTML</b></p>\n--x--\n";
  };
  EXPECT_EQ(outline(read(mail("from text")).at(0)), "h1 0 [] s\np 0 [s] from text\n");
  EXPECT_EQ(outline(read(mail(" "), "no ending").at(0)), "h1 0 [] s\np 0 [s] from HTML\n");
}

TEST(MailReader, ReadsAttachmentsByTheirOwnFormat) {
  const std::string mail =
      "Subject: s\nContent-Type: multipart/mixed; boundary=\"x y\"\n\n--x y\n\nsee there\n--x y\n"
      "Content-Type: application/octet-stream; name=\"../tea.docx\"\nContent-Transfer-Encoding: base64\n\n" +
      base64(golden_document("tea.docx")) +
      "\n--x y\nContent-Type: image/png\nContent-Disposition: inline; filename=p.png\nContent-Transfer-Encoding: base64\n\n" +
      base64("\x89PNG\r\n\x1A\n") +
      "\n--x y\nContent-Type: text/csv\nContent-Disposition: attachment\n\na,b\n1,2\n--x y\n"
      "Content-Type: message/rfc822\n\nSubject: inner\n\nmail in mail\n--x y--\n";
  const auto documents = read(mail);
  ASSERT_EQ(documents.size(), 4U);
  EXPECT_EQ(outline(documents[0]), "h1 0 [] s\np 0 [s] see there\n");
  EXPECT_EQ(meta(documents[0], "attachments"), "tea.docx, p.png, attachment.csv, message.eml");
  EXPECT_EQ(meta(documents[0], "attachments_not_read"), "p.png: is a PNG image, which akin does not read");
  EXPECT_EQ(documents[1].uri, "a.eml#tea.docx");
  EXPECT_EQ(documents[1].title, "On Tea");
  EXPECT_EQ(documents[2].uri, "a.eml#attachment.csv#1");
  EXPECT_EQ(documents[3].uri, "a.eml#message.eml");
  EXPECT_EQ(outline(documents[3]), "h1 0 [] inner\np 0 [inner] mail in mail\n");
}

TEST(MailReader, ReadsMailboxesMessageByMessage) {
  const std::string box =
      "From a Thu Mar  4 05:06:07 2021\nSubject: one\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nfirst\n--x\n"
      "Content-Disposition: attachment; filename=n.txt\n\nnote\n--x--\n\nFrom b Thu Mar  4 05:06:07 2021\nSubject: two\n\nsecond\n";
  const auto documents = read(box, "inbox");
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[0].uri, "inbox#1");
  EXPECT_EQ(documents[1].uri, "inbox#1/n.txt");
  EXPECT_EQ(documents[2].uri, "inbox#2");
  EXPECT_EQ(outline(documents[2]), "h1 0 [] two\np 0 [two] second\n");
  expect_error(ErrorCode::limit, "inbox: has more than 1 messages", [&] { read(box, "inbox", {.max_records = 1}); });
}

TEST(MailReader, BoundsPartsAndMailsInEachOther) {
  std::string deep = "Subject: end\n\nx";
  for (int i = 0; i < 40; ++i)
    deep = "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) + "\n" + deep;
  expect_error(ErrorCode::limit, "a.eml: parts of a message lie in each other deeper than 32", [&] { read(deep); });
  std::string many = "Content-Type: multipart/mixed; boundary=x\n\n";
  for (int i = 0; i < 10'002; ++i) many += "--x\n\n";
  expect_error(ErrorCode::limit, "a.eml: a message has more than 10000 parts", [&] { read(many); });
  std::string nested = "Subject: innermost\n\nx";
  for (int i = 0; i < 20; ++i) nested = "Content-Type: message/rfc822\n\n" + nested;
  const auto documents = read(nested);
  ASSERT_EQ(documents.size(), 9U);
  EXPECT_EQ(meta(documents.back(), "attachments_not_read"), "message.eml: holds a file deeper than 8 files in each other");
}

TEST(MailReader, ReadsEveryKindOfTextAndNoSignatures) {
  const std::string mail =
      "Subject: Bounced\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text\n\nno subtype\n--b\n"
      "Content-Type: text/rfc822-headers\n\nSubject: lost\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\n"
      "Content-Type: application/pgp-signature; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\n--b\n"
      "Content-Type: application/octet-stream\n\nunnamed\n--b--\n";
  const auto documents = read(mail);
  ASSERT_EQ(documents.size(), 1U);
  EXPECT_EQ(outline(documents[0]),
            "h1 0 [] Bounced\np 0 [Bounced] no subtype\np 0 [Bounced] Subject: lost\np 0 [Bounced] Action: failed\n");
  EXPECT_EQ(meta(documents[0], "attachments"), "(none)");
}

TEST(MailReader, BeginsTheTextWhereHeadersEndWithoutAnEmptyLine) {
  EXPECT_EQ(outline(read("From: a@x\nSubject: Tea\nno line between: here\nnor here\n").at(0)),
            "h1 0 [] Tea\np 0 [Tea] no line between: here nor here\n");
  EXPECT_EQ(outline(read("Subject: Tea\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nbar\n--b--").at(0)),
            "h1 0 [] Tea\np 0 [Tea] bar\n");
  EXPECT_EQ(outline(read("From a@x Thu Nov 26\nSubject : Tea\n\ntext\n", "one.eml").at(0)), "h1 0 [] Tea\np 0 [Tea] text\n");
}

TEST(MailReader, TakesBrokenMailAsItComes) {
  EXPECT_EQ(outline(read("").at(0)), "");
  EXPECT_EQ(outline(read("Content-Type: multipart/mixed\n\nno boundary").at(0)), "p 0 [] no boundary\n");
  EXPECT_EQ(outline(read("Content-Type: text/plain; charset=klingon\n\ncaf\xC3\xA9").at(0)), "p 0 [] café\n");
  EXPECT_TRUE(read("", "a.mbox").size() == 1);
}

}  // namespace
}  // namespace akin::documents
