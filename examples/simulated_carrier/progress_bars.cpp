#include "simulated_carrier/progress_bars.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace callqueue {
namespace {

constexpr std::chrono::milliseconds redraw{60};
constexpr std::size_t label_columns = 34;
constexpr std::size_t bar_columns = 30;

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// Cut or padded to so many characters.
std::string fitted(const std::string& text, std::size_t columns) {
  std::string result;
  std::size_t width = 0;
  for (const char c : text) {
    if (starts_character(c) && ++width > columns) break;
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result + std::string(columns - std::min(columns, width), ' ');
}

std::string line(const ProgressBar& bar) {
  const auto total = std::max<std::int64_t>(bar.total, 1);
  const auto done = std::clamp<std::int64_t>(bar.done, 0, total);
  const auto filled =
      bar_columns * static_cast<std::size_t>(done) / static_cast<std::size_t>(total);
  const auto percent = std::to_string(100 * done / total);
  return fitted(bar.label, label_columns) + " [" + std::string(filled, '#') +
         std::string(bar_columns - filled, '.') + "] " + std::string(3 - percent.size(), ' ') +
         percent + " %  " + bar.note;
}

}  // namespace

ProgressBars::ProgressBars() : terminal_(isatty(STDERR_FILENO) == 1) {}

bool ProgressBars::due() const { return terminal_ && std::chrono::steady_clock::now() >= next_; }

void ProgressBars::draw(const std::vector<ProgressBar>& bars) {
  if (!terminal_) return;
  std::string text;
  if (drawn_ > 0) text += "\033[" + std::to_string(drawn_) + "A";  // Back up to the first bar.
  for (const auto& bar : bars) text += "\r" + line(bar) + "\033[K\n";
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = bars.size();
  next_ = std::chrono::steady_clock::now() + redraw;
}

}  // namespace callqueue
