#include "task/reconstructed_rows.h"

#include "network/ensemble_inference.h"
#include "task/row_scorer.h"

namespace hourglass {

void run(const ReconstructionPass& pass, ThreadPool& pool) {
  EnsembleInference inference(pass.model.networks, pass.model.saved.spec.step, pool);
  const ReferencePoints& reference_codes = pass.model.reference_codes;
  const Encoding& encoding = pass.model.saved.encoding;
  RowPass rows{
      .encoding = encoding,
      .block_rows = inference.block_rows(),
      .visit =
          [&](const EncodedRows& block) {
            ReconstructedRows reconstructed{block, {}};
            if (!reference_codes.empty()) {
              reconstructed.code_distances.assign(
                  reference_codes.size(),
                  std::vector<double>(static_cast<std::size_t>(block.count)));
            }
            for (Index i = 0; i < inference.members(); ++i) {
              double* const distances =
                  reference_codes.empty()
                      ? nullptr
                      : reconstructed.code_distances[static_cast<std::size_t>(i)].data();
              reconstructed.reconstructions.push_back(inference.reconstruct_by(
                  i, block.features, block.worker, distance_taker(reference_codes, i, distances)));
            }
            pass.visit(reconstructed);
          },
      .hand_on = pass.hand_on,
      .progress = pass.progress};
  const Index piece_rows = rows_per_piece(encoding, inference.block_rows());
  run(rows, *stream_rows(pass.table, pass.rows, piece_rows), pool);
}

}  // namespace hourglass
