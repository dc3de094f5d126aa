#include <gtest/gtest.h>
#include <string>

#include "hourglass/model.h"

namespace hourglass {
namespace {

// What is chosen when nothing is said must suit a table of a few hundred rows: it beats PCA on rows
// it has not seen, and memorises none.
TEST(ShippedData, DefaultsSuitASmallTable) {
  DataOptions reading;
  reading.drop = {"diagnosis"};
  const Data table =
      Data::read(std::string(HOURGLASS_SHIPPED_DATA) + "/breast_cancer.csv", reading);
  for (const char* seed : {"0", "1", "2"}) {
    const Model model = Model::train(table, {{"seed", seed}});
    EXPECT_LT(model.training().model_mse, 0.9 * model.training().pca_loss) << seed;
    for (const Warning& warning : model.warnings()) ADD_FAILURE() << seed << warning.message;
  }
}

}  // namespace
}  // namespace hourglass
