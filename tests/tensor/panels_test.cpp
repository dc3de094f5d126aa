#include "tensor/panels.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <set>

#include "tensor/buffer.h"
#include "tensor/matrix.h"

namespace hourglass {
namespace {

TEST(Buffer, IsZeroedAlignedAndPadded) {
  for (const Index size : {0, 1, 15, 16, 17, 1000}) {
    Buffer<float> buffer(size);
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0u);
    // 64 bytes past the end are ours to read.
    for (Index i = 0; i < size + 16; ++i) EXPECT_EQ(buffer.data()[i], 0.0f);
    EXPECT_EQ(buffer.end() - buffer.begin(), size);
  }
}

TEST(Buffer, MovesItsMemory) {
  Buffer<double> a(3);
  a[1] = 5;
  const double* memory = a.data();
  const Buffer<double> b = std::move(a);
  EXPECT_EQ(b.data(), memory);
  EXPECT_EQ(b[1], 5);
}

TEST(Matrix, IsRowMajor) {
  Matrix<int> m(2, 3);
  m.at(1, 2) = 7;
  EXPECT_EQ(m.data()[5], 7);
  EXPECT_EQ(m.row(1)[2], 7);
  EXPECT_EQ(m.view().at(1, 2), 7);
  const MatrixView<const int> view = m;
  EXPECT_EQ(view.rows, 2);
  EXPECT_EQ(view.cols, 3);
}

TEST(Panels, EveryElementHasItsOwnPlace) {
  for (const Index cols : {1, 15, 16, 17, 40}) {
    PanelMatrix<float> matrix(5, cols);
    const Panels<float> panels = matrix.view();
    EXPECT_EQ(panels.panels(), (cols + 15) / 16);
    std::set<float*> places;
    for (Index r = 0; r < 5; ++r) {
      for (Index c = 0; c < padded_cols(cols); ++c) {
        EXPECT_EQ(&panels.at(r, c), panels.row(c / 16, r) + c % 16);
        EXPECT_EQ(panels.at(r, c), 0);
        places.insert(&panels.at(r, c));
      }
    }
    EXPECT_EQ(std::ssize(places), 5 * padded_cols(cols));
    EXPECT_EQ(*places.rbegin() - *places.begin() + 1, 5 * padded_cols(cols));
    // Rows of one panel are one run.
    EXPECT_EQ(panels.row(0, 1) - panels.row(0, 0), 16);
  }
}

TEST(Panels, FirstRowsKeepTheStride) {
  PanelMatrix<float> matrix(8, 20);
  const Panels<float> whole = matrix.view();
  const Panels<float> part = whole.first_rows(3);
  EXPECT_EQ(part.rows, 3);
  EXPECT_EQ(&part.at(2, 19), &whole.at(2, 19));
  EXPECT_TRUE(whole);
  EXPECT_FALSE(Panels<float>{});
  EXPECT_TRUE(PanelMatrix<float>().empty());
}

}  // namespace
}  // namespace hourglass
