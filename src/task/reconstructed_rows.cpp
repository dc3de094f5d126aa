#include "task/reconstructed_rows.h"

namespace hourglass {

void run(const ReconstructionPass& pass, ThreadPool& pool) {
  Inference<float> inference(*pass.model.network, pass.model.saved.spec.step, pool);
  RowPass rows{.encoding = pass.model.saved.encoding,
               .table = pass.table,
               .rows = pass.rows,
               .block_rows = inference.block_rows(),
               .visit =
                   [&](const EncodedRows& block) {
                     pass.visit({block, inference.reconstruct(block.features, block.worker)});
                   },
               .hand_on = pass.hand_on,
               .progress = pass.progress};
  run(rows, pool);
}

}  // namespace hourglass
