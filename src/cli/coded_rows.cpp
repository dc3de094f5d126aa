#include "cli/coded_rows.h"

#include "cli/requests.h"

namespace hourglass::cli {

CodedRows read_coded(const Model& model, const std::string& path, const DataOptions& reading,
                     const Arguments& arguments, Console& console) {
  const bool coded = arguments.has("--codes");
  Data data = coded ? Data::read(path, reading) : Data::read_for(model, path, reading);
  console.warnings(data.warnings());
  std::vector<float> codes = coded ? numbers_of(data, model.latent_dim())
                                   : model.encode(data, run_options_from(arguments, console));
  return {std::move(data), std::move(codes)};
}

std::vector<std::string> of_rows_kept(std::vector<std::string> texts, const Data& data) {
  const std::vector<std::int64_t> left_out = data.left_out_rows();
  for (auto row = left_out.rbegin(); row != left_out.rend(); ++row) {
    if (*row <= static_cast<std::int64_t>(texts.size())) texts.erase(texts.begin() + (*row - 1));
  }
  return texts;
}

}  // namespace hourglass::cli
