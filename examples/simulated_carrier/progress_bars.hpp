#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace callqueue {

/// One line of progress.
struct ProgressBar {
  std::string label;
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::string note;  ///< Stands behind the bar.
};

/// Bars on standard error that are redrawn in place, if that is a terminal; else nothing at all.
/// They are as wide as the terminal allows.
class ProgressBars {
 public:
  ProgressBars();
  /// Whether it is time to draw again: `draw` is cheap to call but its figures may not be.
  [[nodiscard]] bool due() const;
  /// @param caption a line below the bars; empty: none.
  void draw(const std::vector<ProgressBar>& bars, const std::string& caption = {});
  [[nodiscard]] bool is_shown() const { return terminal_; }

 private:
  bool terminal_;
  std::size_t drawn_ = 0;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace callqueue
