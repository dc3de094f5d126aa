#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/table.h"
#include "data/writer.h"

namespace hourglass {

/// Whether rows made of `table` and written to `path` become image files: `path` ends in "/" or in
/// an image's ending, or is a folder already, or the rows were images and it does not end in .npy
/// or .csv.
bool writes_images(const std::string& path, const Table& table);

/// Writes each row as an image, each file whole or not at all: into the folder `path`, made if its
/// parent is there, or, of one row, to a file of that name if it has an image's ending. Files have
/// the names and the bits a value of those the rows came from (JPEG becomes PNG, so as not to lose
/// more), "01.png" and so on for rows without. Throws ErrorKind::kUsage if the rows are no images,
/// if they are of floats that may lie outside [0, 1] and the one file named is of a format that
/// holds no such, or if an image they came from would be overwritten.
std::unique_ptr<RowWriter> open_image_writer(const std::string& path, const Table& table,
                                             const std::vector<Index>& sample_shape);

/// `names` of files made of those named `from`, one each, so that no two are alike and none is that
/// of another file of `from`: where one would be, its whole old name stands before the ending.
std::vector<std::string> told_apart(std::vector<std::string> names,
                                    const std::vector<std::string>& from);

/// The name a file made of the image `name` gets: its own, with the ending of another format where
/// its own would lose more (JPEG) or cannot hold as many bits a value.
std::string image_name_for(const std::string& name, int bit_depth);
/// The same, told apart from the other files of the folder that `name` lies in.
std::string image_name_beside(const std::string& folder, const std::string& name, int bit_depth);

/// Throws ErrorKind::kUsage if `paths`, made of the images of `source` (a file or a folder), would
/// overwrite them.
void refuse_overwriting(const std::vector<std::string>& paths, const std::string& source);

/// Makes a folder whose parent is there, unless it is one already; throws ErrorKind::kFailed.
void make_folder(const std::string& folder);

}  // namespace hourglass
