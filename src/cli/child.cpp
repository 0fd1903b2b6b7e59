#include "cli/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "cli/context.hpp"

namespace callqueue::cli {
namespace {

constexpr std::chrono::milliseconds look_every{20};
constexpr std::size_t buffer_size = 4096;
/// No line that is longer can mean anything.
constexpr std::size_t longest_line = std::size_t{1} << 20U;

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
  // A program that does not read must not hold a writer for good.
  fcntl(input_, F_SETFL, O_NONBLOCK);
}

Child::~Child() {
  if (process_ > 0 && !status_) kill(-process_, SIGKILL);
  close_input();
  if (process_ > 0 && !status_) waitpid(process_, nullptr, 0);
  if (output_ >= 0) close(output_);
}

bool Child::is_writable(std::chrono::steady_clock::time_point end) const {
  pollfd input{.fd = input_, .events = POLLOUT, .revents = 0};
  while (!closing_ && std::chrono::steady_clock::now() < end) {
    const int ready = poll(&input, 1, static_cast<int>(look_every.count()));
    if (ready > 0) return (input.revents & POLLOUT) != 0;
    if (ready < 0 && errno != EINTR) return false;
  }
  return false;
}

Child::Written Child::write_line(std::string_view line, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  const std::lock_guard lock(writing_);
  std::string text(line);
  text += '\n';
  std::size_t done = 0;
  while (done < text.size() && is_writable(end)) {
    const auto count = write(input_, text.data() + done, text.size() - done);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      break;
    }
  }
  if (done == text.size()) return Written::all;
  closing_ = true;  // What came next would be read as the rest of this line.
  return done == 0 ? Written::nothing : Written::part;
}

bool Child::has_reader() const {
  pollfd input{.fd = input_, .events = 0, .revents = 0};
  return !closing_ && (poll(&input, 1, 0) <= 0 || (input.revents & POLLERR) == 0);
}

std::optional<std::string> Child::read_line() {
  std::string line;
  for (;;) {
    const auto end = buffer_.find('\n');
    line.append(buffer_, 0, end);
    line.resize(std::min(line.size(), longest_line));
    if (end != std::string::npos) {
      buffer_.erase(0, end + 1);
      return line;
    }
    buffer_.resize(buffer_size);
    ssize_t count = 0;
    do {
      count = read(output_, buffer_.data(), buffer_.size());
    } while (count < 0 && errno == EINTR);
    buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count <= 0) return line.empty() ? std::nullopt : std::optional(line);
  }
}

void Child::close_input() {
  closing_ = true;  // A writer that waits gives up.
  const std::lock_guard lock(writing_);
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
      std::this_thread::sleep_for(look_every);
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
