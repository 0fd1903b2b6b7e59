#include "cli/child.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "cli/context.hpp"

namespace callqueue::cli {
namespace {

constexpr std::chrono::milliseconds look{20};

[[noreturn]] void become(const std::string& command, int input, int output) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  setpgid(0, 0);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Child::Child(const std::string& command) {
  std::array<int, 2> to{-1, -1};
  std::array<int, 2> from{-1, -1};
  const bool piped = pipe2(to.data(), O_CLOEXEC) == 0 && pipe2(from.data(), O_CLOEXEC) == 0;
  process_ = piped ? fork() : -1;
  if (process_ == 0) become(command, to[0], from[1]);
  if (process_ < 0) throw Refused{"cannot start " + command + ": " + std::strerror(errno)};
  setpgid(process_, process_);  // Also here: whoever comes first.
  close(to[0]);
  close(from[1]);
  input_ = to[1];
  output_ = from[0];
}

Child::~Child() {
  if (process_ > 0 && !status_) kill(-process_, SIGKILL);
  close_input();
  if (process_ > 0 && !status_) waitpid(process_, nullptr, 0);
  if (output_ >= 0) close(output_);
}

Child::Written Child::write_line(std::string_view line) {
  const std::lock_guard lock(writing_);
  std::string text(line);
  text += '\n';
  std::size_t done = 0;
  while (input_ >= 0 && done < text.size()) {
    const auto count = write(input_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    done += static_cast<std::size_t>(count);
  }
  if (done == text.size()) return Written::all;
  return done == 0 ? Written::nothing : Written::part;
}

std::optional<std::string> Child::read_line() {
  for (;;) {
    if (const auto end = buffer_.find('\n'); end != std::string::npos) {
      auto line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    std::array<char, 4096> part{};
    const auto count = read(output_, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count > 0) {
      buffer_.append(part.data(), static_cast<std::size_t>(count));
    } else if (buffer_.empty()) {
      return std::nullopt;
    } else {
      return std::exchange(buffer_, {});  // A last line without its end.
    }
  }
}

void Child::close_input() {
  // A writer that is stuck holds the lock: then the program has to go first.
  std::unique_lock lock(writing_, std::chrono::seconds(1));
  if (!lock.owns_lock()) {
    kill(-process_, SIGKILL);
    lock.lock();
  }
  if (input_ >= 0) close(input_);
  input_ = -1;
}

int Child::wait(std::chrono::milliseconds patience) {
  const auto ended_within = [&](std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    for (;;) {
      int status = 0;
      if (waitpid(process_, &status, WNOHANG) == process_) status_ = exit_status(status);
      if (status_ || std::chrono::steady_clock::now() >= end) return status_.has_value();
      std::this_thread::sleep_for(look);
    }
  };
  if (status_ || ended_within(patience)) return *status_;
  kill(-process_, SIGTERM);
  if (ended_within(std::chrono::seconds(2))) return *status_;
  kill(-process_, SIGKILL);
  ended_within(std::chrono::hours(1));
  return status_.value_or(128 + SIGKILL);
}

}  // namespace callqueue::cli
