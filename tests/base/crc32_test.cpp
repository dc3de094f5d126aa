#include "base/crc32.h"

#include <gtest/gtest.h>
#include <string>

namespace hourglass {
namespace {

TEST(Crc32, GivesTheCatalogueCheckValue) {
  EXPECT_EQ(crc32("123456789", 9), 0xCBF43926U);
  EXPECT_EQ(crc32("", 0), 0U);
}

TEST(Crc32, GoesOnOverPieces) {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  EXPECT_EQ(crc32(text.data(), text.size()), 0x414FA339U);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::uint32_t first = crc32(text.data(), cut);
    EXPECT_EQ(crc32(text.data() + cut, text.size() - cut, first), 0x414FA339U);
  }
}

}  // namespace
}  // namespace hourglass
