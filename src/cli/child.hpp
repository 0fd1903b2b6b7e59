#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace callqueue::cli {

/// A program run by the shell, with its standard input and output on pipes; its standard error is
/// ours. It leads a process group of its own, so that Ctrl-C is left to us.
class Child {
 public:
  /// @throw Refused when it cannot be started.
  explicit Child(const std::string& command);
  /// Kills what still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// What became of a write.
  enum class Written { all, part, nothing };
  /// Writes a line whole, one at a time, waiting for so long while the program does not read. After
  /// a line that was not written whole, nothing more is. Thread-safe.
  Written write_line(std::string_view line, std::chrono::milliseconds patience);
  /// Whether anybody can still read what is written. Not while `close_input` runs.
  [[nodiscard]] bool has_reader() const;
  /// The next line of its output without its end; nothing once it has closed that. Of a line
  /// without an end only the beginning is kept.
  std::optional<std::string> read_line();

  /// Tells it that no more lines come.
  void close_input();
  /// Waits for its end, then terminates, then kills it. @return its exit status, 128 and more for a
  /// signal.
  int wait(std::chrono::milliseconds patience);

 private:
  /// Waits until its input takes more; false when that is closed, is to be, or time is up.
  [[nodiscard]] bool is_writable(std::chrono::steady_clock::time_point end) const;

  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::mutex writing_;
  std::atomic<bool> closing_ = false;
  std::string buffer_;
  std::optional<int> status_;
};

}  // namespace callqueue::cli
