#include "data/utf8.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

TEST(Utf8, IsToldFromOtherBytes) {
  for (const char* text :
       {"", "plain",
        "gr\xC3\xB6\xC3\x9F"
        "e",
        "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text :
       {"gr\xF6\xDF"
        "e",
        "\x80", "\xC3", "\xC0\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Utf8, OtherBytesAreReadAsWindows1252) {
  EXPECT_EQ(as_utf8("gr\xF6\xDF"
                    "e"),
            "größe");
  EXPECT_EQ(as_utf8("5 \x80 \x96 \xFF"), "5 € – ÿ");
  EXPECT_EQ(as_utf8("größe"), "größe");
}

// Whatever the bytes, what comes out is UTF-8.
TEST(Utf8, ComesOutWhateverGoesIn) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const char bytes[] = {static_cast<char>(first), static_cast<char>(second), 'a'};
      EXPECT_TRUE(is_utf8(as_utf8({bytes, 3})));
    }
  }
}

}  // namespace
}  // namespace hourglass
