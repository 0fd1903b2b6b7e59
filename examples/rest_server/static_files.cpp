#include "static_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "callqueue/digest.hpp"

namespace rest {
namespace {

namespace fs = std::filesystem;

/// Scripts, styles and connections of this server alone, and nobody's frame: what is written into a
/// page by mistake does not run.
constexpr char kPolicy[] =
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

std::string_view type_of(std::string_view extension) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
      {".csv", "text/csv; charset=utf-8"},
      {".woff2", "font/woff2"},
  }};
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const auto& type) { return type.first == extension; });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

std::string content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return content;
}

std::string etag_of(std::string_view content) {
  const auto hash = callqueue::sha256(content);
  if (!hash) throw std::runtime_error(hash.error().message);
  return fmt::format("\"{:02x}\"", fmt::join(hash->begin(), hash->begin() + 16, ""));
}

StaticFile read_file(const fs::path& folder, const fs::path& path) {
  StaticFile file;
  file.path = "/" + path.lexically_relative(folder).generic_string();
  file.is_immutable = file.path.starts_with("/assets/");
  if (file.path == "/index.html") file.path = "/";
  file.type = type_of(path.extension().string());
  file.content = content_of(path);
  file.etag = etag_of(file.content);
  const fs::path compressed = path.string() + ".gz";
  if (fs::is_regular_file(compressed)) file.compressed = content_of(compressed);
  return file;
}

bool is_page(const fs::path& folder, const fs::directory_entry& entry) {
  if (!entry.is_regular_file() || entry.is_symlink() || entry.path().extension() == ".gz") {
    return false;
  }
  const auto relative = entry.path().lexically_relative(folder);
  const auto text = relative.generic_string();
  // A route's path reads a brace as a blank to fill in.
  return text.find_first_of("{}") == std::string::npos &&
         std::none_of(relative.begin(), relative.end(),
                      [](const fs::path& part) { return part.string().starts_with('.'); });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes what is before the next comma off a list.
std::string_view take_item(std::string_view& list) {
  const auto end = std::min(list.find(','), list.size());
  const auto item = list.substr(0, end);
  list.remove_prefix(std::min(end + 1, list.size()));
  return trimmed(item);
}

/// Whether `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3).
bool takes_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    auto item = take_item(accept_encoding);
    const auto coding = trimmed(item.substr(0, item.find(';')));
    if (coding != "gzip" && coding != "*") continue;
    const auto weight = item.find("q=");
    // A weight of zero, in any spelling, is a refusal.
    return weight == std::string_view::npos ||
           item.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

/// Whether the client has this already (RFC 9110, section 13.1.2).
bool is_known(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    auto item = take_item(if_none_match);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag || item == "*") return true;
  }
  return false;
}

Response answer(const StaticFile& file, const Request& request) {
  const bool is_compressed =
      !file.compressed.empty() && takes_gzip(request.field("accept-encoding"));
  Response response{.type = file.type, .body = {}};
  auto etag = file.etag;
  if (is_compressed) etag.insert(etag.size() - 1, "-gzip");
  // A name that stays has to be asked for again: then mostly the answer is 304.
  response.fields = {
      {"Cache-Control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"ETag", etag},
      {"Content-Security-Policy", kPolicy},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"}};
  if (!file.compressed.empty()) response.fields.emplace_back("Vary", "Accept-Encoding");
  if (is_known(request.field("if-none-match"), etag)) {
    response.status = 304;
    response.type.clear();
    return response;
  }
  if (is_compressed) response.fields.emplace_back("Content-Encoding", "gzip");
  response.body = is_compressed ? file.compressed : file.content;
  return response;
}

}  // namespace

std::vector<StaticFile> read_pages(const std::string& folder) {
  std::vector<StaticFile> files;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator{folder, error};
       !error && at != fs::recursive_directory_iterator{}; at.increment(error)) {
    if (is_page(folder, *at)) files.push_back(read_file(folder, at->path()));
  }
  if (error) throw std::runtime_error("cannot read " + folder + ": " + error.message());
  if (std::none_of(files.begin(), files.end(), [](const auto& f) { return f.path == "/"; })) {
    throw std::runtime_error("there is no index.html in " + folder);
  }
  return files;
}

void add_static_routes(Router& router, std::vector<StaticFile> files) {
  for (auto& file : files) {
    const auto shared = std::make_shared<const StaticFile>(std::move(file));
    router.add({.method = "GET",
                .path = shared->path,
                .access = Access::anybody,
                .handler = [shared](Request& request) { return answer(*shared, request); },
                .is_light = true});
  }
}

}  // namespace rest
