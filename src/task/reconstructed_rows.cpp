#include "task/reconstructed_rows.h"

#include "network/ensemble_inference.h"
#include "task/row_scorer.h"

namespace hourglass {

void run(const ReconstructionPass& pass, ThreadPool& pool) {
  EnsembleInference inference(pass.model.networks, pass.model.saved.spec.step, pool);
  const ReferencePoints& reference_codes = pass.model.reference_codes;
  const Encoding& encoding = pass.model.saved.encoding;
  RowPass rows{.encoding = encoding,
               .block_rows = inference.block_rows(),
               .visit =
                   [&](const EncodedRows& block) {
                     ReconstructedRows reconstructed{block, {}};
                     for (Index i = 0; i < inference.members(); ++i) {
                       std::function<void(Panels<const float>)> at_code;
                       if (!reference_codes.empty()) {
                         at_code = [&](Panels<const float> codes) {
                           auto& of_member = reconstructed.code_distances.emplace_back(block.count);
                           code_distances(*reference_codes[static_cast<std::size_t>(i)], codes,
                                          of_member.data());
                         };
                       }
                       reconstructed.reconstructions.push_back(
                           inference.reconstruct_by(i, block.features, block.worker, at_code));
                     }
                     pass.visit(reconstructed);
                   },
               .hand_on = pass.hand_on,
               .progress = pass.progress};
  const Index piece_rows = rows_per_piece(encoding, inference.block_rows());
  run(rows, *stream_rows(pass.table, pass.rows, piece_rows), pool);
}

}  // namespace hourglass
