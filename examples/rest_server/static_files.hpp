#pragma once

#include <string>
#include <vector>

#include "router.hpp"

namespace rest {

/// A file of the pages that the server shows.
struct StaticFile {
  std::string path;  ///< As it is asked for: `/assets/index-1a2b3c4d.js`; `/` for `index.html`.
  std::string type;  ///< Of its content.
  std::string etag;
  std::string content;
  std::string compressed;     ///< By gzip; empty where there is none.
  bool is_immutable = false;  ///< Its name changes with its content.
};

/// Reads every file below a folder. One beside which NAME.gz lies is served compressed to those who
/// take that. What is no regular file, or has a name that begins with a dot, is left out.
/// @throws std::runtime_error when there is no `index.html`, or a file cannot be read.
[[nodiscard]] std::vector<StaticFile> read_pages(const std::string& folder);

/// A route for each file, for anybody. Nothing else below the folder can be asked for: what is
/// served is what was there at the start.
void add_static_routes(Router& router, std::vector<StaticFile> files);

}  // namespace rest
