#pragma once

#include <string>

#include "data/table.h"

namespace hourglass {

/// What a job is called for samples of this kind: `inpaint` of rows of a table is `inpaint-cells`,
/// `denoise` of recordings of sound is `denoise-sound`, `search` among rows of counts is
/// `search-counts`. Other jobs, and these for other samples, are what they are called.
std::string form_of_job(const std::string& job, const Table& table);

/// Whether samples are pictures, of one size or of any, or spectra of sound, which are pictures,
/// too.
bool are_images(const Table& table);

}  // namespace hourglass
