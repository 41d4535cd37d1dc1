#include "config.h"

#include <gtest/gtest.h>

#include <functional>

#include "akin/base/error.h"

namespace akin {
namespace {

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Config, NamesFileKeyWantedAndFound) {
  const Config config(R"({"hidden_size": -3, "hidden_act": "snake"})", "m/config.json");
  EXPECT_EQ(message_of([&] { (void)config.size("hidden_size"); }),
            "m/config.json: key 'hidden_size' must be a whole number above 0, found -3");
  EXPECT_EQ(message_of([&] { (void)config.size("n_layers"); }),
            "m/config.json: key 'n_layers' must be a whole number above 0, found nothing");
  EXPECT_NE(message_of([&] { (void)config.activation("hidden_act", "gelu"); }).find("'snake'"), std::string::npos);
}

TEST(Config, RefusesNumbersThatWouldOverflow) {
  const Config config(R"({"hidden_size": 99999999999})", "config.json");
  EXPECT_NE(message_of([&] { (void)config.size("hidden_size"); }).find("under 2147483648"), std::string::npos);
}

TEST(Config, RefusesWhatIsNotAJsonObject) {
  for (const char* text : {"", "[1]", "{", "null", "{\"a\":}"}) {
    EXPECT_THROW(Config(text, "config.json"), Error) << text;
  }
}

TEST(Config, KnowsTheReferencesActivationNames) {
  const Config config(R"({"a": "gelu_new", "b": "relu"})", "config.json");
  EXPECT_EQ(config.activation("a", "gelu"), kernels::Activation::gelu_tanh);
  EXPECT_EQ(config.activation("b", "gelu"), kernels::Activation::relu);
  EXPECT_EQ(config.activation("c", "gelu"), kernels::Activation::gelu);
}

}  // namespace
}  // namespace akin
