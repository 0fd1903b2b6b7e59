#pragma once

#include <sys/types.h>

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
  /// Writes a line whole, one at a time. Blocks while the program does not read. Thread-safe.
  Written write_line(std::string_view line);
  /// The next line of its output without its end; nothing once it has closed that.
  std::optional<std::string> read_line();

  /// Tells it that no more lines come.
  void close_input();
  /// Waits for its end, then terminates, then kills it. @return its exit status, 128 and more for a
  /// signal.
  int wait(std::chrono::milliseconds patience);

 private:
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::timed_mutex writing_;
  std::string buffer_;
  std::optional<int> status_;
};

}  // namespace callqueue::cli
