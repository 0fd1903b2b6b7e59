// Feeds the files of a folder to a fuzz target: whole, then cut short at every length, as a reader
// meets them when a connection breaks. What libFuzzer has once found stays tested by any compiler.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_cut = 1024;

void feed(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>{file}, {}};
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  for (std::size_t size = 0; size < bytes.size() && size < longest_cut; ++size) {
    const std::vector<std::uint8_t> cut(bytes.begin(),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(size));
    LLVMFuzzerTestOneInput(cut.data(), cut.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  int files = 0;
  for (int argument = 1; argument < argc; ++argument) {
    for (const auto& entry : std::filesystem::directory_iterator{argv[argument]}) {
      if (!entry.is_regular_file()) continue;
      feed(entry.path());
      ++files;
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;  // Without seeds nothing was tested.
}
