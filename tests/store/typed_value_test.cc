// Which texts are numbers and which are dates, and what they are worth.
#include "typed_value.h"

#include <gtest/gtest.h>

#include "akin/base/rng.h"

namespace akin::store {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

TEST(TypedValue, ReadsNumbers) {
  EXPECT_EQ(number_of("0"), 0.0);
  EXPECT_EQ(number_of("1851"), 1851.0);
  EXPECT_EQ(number_of("-12.5"), -12.5);
  EXPECT_EQ(number_of(".5"), 0.5);
  EXPECT_EQ(number_of("5."), 5.0);
  EXPECT_EQ(number_of("6.02e23"), 6.02e23);
  EXPECT_EQ(number_of("1E-3"), 0.001);
  EXPECT_EQ(number_of("007"), 7.0);
}

TEST(TypedValue, TakesNothingElseForANumber) {
  for (const char* text :
       {"", "-", ".", "+5", "1,000", "12 ", " 12", "12px", "0x10", "inf", "-inf", "nan", "1e999", "1e", "--1", "2026-01", "一"})
    EXPECT_EQ(number_of(text), std::nullopt) << text;
}

TEST(TypedValue, ReadsADayAsAllOfIt) {
  EXPECT_EQ(time_of("1970-01-01"), (TimeSpan{0, kDay}));
  EXPECT_EQ(time_of("2000-02-29"), (TimeSpan{951'782'400 * kSecond, 951'868'800 * kSecond}));  // date -d 2000-02-29Z +%s
  EXPECT_EQ(time_of("1969-12-31"), (TimeSpan{-kDay, 0}));
}

TEST(TypedValue, ReadsMonthsAndYearsAsAllOfThem) {
  EXPECT_EQ(time_of("1970-01"), (TimeSpan{0, 31 * kDay}));
  EXPECT_EQ(time_of("1970-12"), (TimeSpan{334 * kDay, 365 * kDay}));
  EXPECT_EQ(year_of("1970"), (TimeSpan{0, 365 * kDay}));
  EXPECT_EQ(year_of("1972"), (TimeSpan{730 * kDay, 1096 * kDay}));
  EXPECT_TRUE(year_of("9999").has_value());
  for (const char* text : {"", "0000", "197", "19700", "197x", "1970-01"}) EXPECT_EQ(year_of(text), std::nullopt) << text;
}

TEST(TypedValue, ReadsTimesToWhatIsWritten) {
  constexpr std::int64_t nine = 9 * 3600 * kSecond;
  EXPECT_EQ(time_of("1970-01-01T09:00"), (TimeSpan{nine, nine + 60 * kSecond}));
  EXPECT_EQ(time_of("1970-01-01 09:00:07"), (TimeSpan{nine + 7 * kSecond, nine + 8 * kSecond}));
  EXPECT_EQ(time_of("1970-01-01t09:00:07.25z"), (TimeSpan{nine + 7'250'000, nine + 7'260'000}));
  EXPECT_EQ(time_of("1970-01-01T09:00:07,123456789Z"), (TimeSpan{nine + 7'123'456, nine + 7'123'457}));
}

TEST(TypedValue, TakesZonesOff) {
  const auto utc = time_of("2024-03-05T08:30:00Z");
  ASSERT_TRUE(utc.has_value());
  EXPECT_EQ(time_of("2024-03-05T10:30:00+02:00"), utc);
  EXPECT_EQ(time_of("2024-03-05T10:30:00+0200"), utc);
  EXPECT_EQ(time_of("2024-03-05T03:00:00-05:30"), utc);
  EXPECT_EQ(time_of("2024-03-05T08:30:00"), utc);
}

TEST(TypedValue, TakesNothingElseForADate) {
  for (const char* text : {"",
                           "2024",
                           "2024-",
                           "2024-3",
                           "2024-13",
                           "2024-00",
                           "2024-02-30",
                           "2023-02-29",
                           "2024-01-32",
                           "0000-01-01",
                           "24-01-01",
                           "2024-01-01T",
                           "2024-01-01T9:00",
                           "2024-01-01T24:00",
                           "2024/01/01",
                           "2024-01-1",
                           "2024-01-01T09:60",
                           "2024-01-01T09:00:60",
                           "2024-01-01T09:00+2",
                           "2024-01-01T09:00+24:00",
                           "2024-01-01T09:00:00.",
                           "2024-01-01 ",
                           "2024-01-01Z",
                           "2024-01-01T09:00:00Zx",
                           "x2024-01-01"})
    EXPECT_EQ(time_of(text), std::nullopt) << text;
  EXPECT_EQ(time_of(std::string_view("2024-01-01\0", 11)), std::nullopt);
}

TEST(TypedValue, ReadsAnyBytes) {
  constexpr std::string_view alphabet = "0123456789-:TZ+. e\xC3";
  Rng rng(3);
  for (int round = 0; round < 100'000; ++round) {
    std::string text(rng.below(26), ' ');
    for (char& c : text) c = alphabet[rng.below(alphabet.size())];
    if (const auto time = time_of(text)) {
      EXPECT_LT(time->begin, time->end) << text;
      EXPECT_EQ(number_of(text), std::nullopt) << text << " is both";
    }
  }
}

}  // namespace
}  // namespace akin::store
