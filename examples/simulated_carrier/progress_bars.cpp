#include "simulated_carrier/progress_bars.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace callqueue {
namespace {

constexpr std::chrono::milliseconds redraw{60};
constexpr std::size_t longest_label = 34;
constexpr std::size_t shortest_bar = 8;
constexpr std::size_t longest_bar = 30;
constexpr std::size_t punctuation = sizeof(" [] 100 %  ") - 1;

/// What fits on the terminal; a size it does not tell is the usual one.
struct Screen {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

Screen screen() {
  winsize size{};
  Screen result;
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return result;
  if (size.ws_col > 0) result.columns = size.ws_col;
  if (size.ws_row > 0) result.rows = size.ws_row;
  return result;
}

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

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

/// The columns of the parts of all lines, so that they stand below each other.
struct Layout {
  std::size_t label = 0;
  std::size_t bar = longest_bar;
};

/// Names give way before bars do: a line that wraps would be redrawn in the wrong place.
Layout layout(const std::vector<ProgressBar>& bars, std::size_t columns) {
  Layout result;
  std::size_t note = 0;
  for (const auto& bar : bars) {
    result.label = std::max(result.label, std::min(width(bar.label), longest_label));
    note = std::max(note, width(bar.note));
  }
  const auto room = columns - std::min(columns, note + punctuation);
  result.bar = std::clamp(room - std::min(room, result.label), shortest_bar, longest_bar);
  result.label = std::min(result.label, room - std::min(room, result.bar));
  return result;
}

std::string line(const ProgressBar& bar, const Layout& layout) {
  const auto total = std::max<std::int64_t>(bar.total, 1);
  const auto done = std::clamp<std::int64_t>(bar.done, 0, total);
  const auto filled = layout.bar * static_cast<std::size_t>(done) / static_cast<std::size_t>(total);
  const auto percent = std::to_string(100 * done / total);
  return fitted(bar.label, layout.label) + " [" + std::string(filled, '#') +
         std::string(layout.bar - filled, '.') + "] " + std::string(3 - percent.size(), ' ') +
         percent + " %  " + bar.note;
}

}  // namespace

ProgressBars::ProgressBars() : terminal_(isatty(STDERR_FILENO) == 1) {}

bool ProgressBars::due() const { return terminal_ && std::chrono::steady_clock::now() >= next_; }

void ProgressBars::draw(const std::vector<ProgressBar>& bars, const std::string& caption) {
  if (!terminal_) return;
  const auto size = screen();
  const auto columns = size.columns - 1;  // Some terminals wrap once the last one is written.
  const auto how = layout(bars, columns);
  std::vector<std::string> lines;
  lines.reserve(bars.size() + 1);
  for (const auto& bar : bars) lines.push_back(line(bar, how));
  if (!caption.empty()) lines.push_back(caption);
  lines.resize(std::min(lines.size(), size.rows - 1));  // What has scrolled off cannot be redrawn.

  std::string text;
  if (drawn_ > 0) text += "\033[" + std::to_string(drawn_) + "A";  // Back up to the first line.
  for (const auto& each : lines)
    text += "\r" + fitted(each, std::min(columns, width(each))) + "\033[K\n";
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
  drawn_ = lines.size();
  next_ = std::chrono::steady_clock::now() + redraw;
}

}  // namespace callqueue
