// http_load PORT --get PATH [--connections N] [--rate N] [--seconds N]
// http_load PORT --send FILE [--connections N] [--rate N]
//
// Puts an HTTP server on this machine under load and prints one JSON object: answers, seconds,
// answers a second, and the times of the answers in milliseconds. One thread; each connection stays
// open and has one request under way.
//
// --get sends GET PATH for so many seconds. --send sends what FILE holds: for each connection a
// line with the number of its requests, then each request as a line with its size and its bytes.
// With --rate all connections together send so many requests a second, and an answer's time counts
// from when its request was due; without, as many as are answered. Exit status 1 if an answer is
// not 200 or a connection ends.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "http_load: %s\n", what.c_str());
  std::exit(1);
}

struct Options {
  std::uint16_t port = 0;
  std::string get, send;
  std::size_t connections = 16;
  double rate = 0;
  double seconds = 5;
};

Options read_options(int argc, char** argv) {
  Options options;
  if (argc < 4 || argc % 2 != 0) give_up("usage: see the head of bench/http_load.cpp");
  options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  for (int i = 2; i < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--get")
      options.get = value;
    else if (name == "--send")
      options.send = value;
    else if (name == "--connections")
      options.connections = std::strtoul(value, nullptr, 10);
    else if (name == "--rate")
      options.rate = std::atof(value);
    else if (name == "--seconds")
      options.seconds = std::atof(value);
    else
      give_up("unknown option " + std::string(name));
  }
  return options;
}

/// The requests of each connection.
std::vector<std::vector<std::string>> read_requests(const Options& options) {
  std::ifstream file(options.send, std::ios::binary);
  std::vector<std::vector<std::string>> requests;
  for (std::size_t count = 0; file >> count;) {
    auto& mine = requests.emplace_back(count);
    for (std::string& request : mine) {
      std::size_t size = 0;
      file >> size;
      file.get();
      request.resize(size);
      if (!file.read(request.data(), static_cast<std::streamsize>(size)))
        give_up("the file of requests is cut off");
    }
  }
  return requests;
}

/// One connection: sends a request, waits for the whole answer, and so on.
class Connection {
 public:
  Connection(std::uint16_t port, int poll) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      give_up("no server there");
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, socket_, &event);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  void send(std::string_view request, SteadyTime due) {
    due_ = due;
    under_way_ = true;
    while (!request.empty()) {
      const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
      if (sent <= 0) give_up("a connection was closed while sending");
      request.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// @return whether the answer is complete now.
  bool receive() {
    char bytes[16384];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) give_up("the server closed a connection");
    answer_.append(bytes, static_cast<std::size_t>(got));
    const auto end = answer_.find("\r\n\r\n");
    if (end == std::string::npos || answer_.size() < end + 4 + body_size(end)) return false;
    if (!answer_.starts_with("HTTP/1.1 200 ")) give_up("an answer was not 200: " + answer_);
    answer_.clear();
    under_way_ = false;
    return true;
  }

  [[nodiscard]] bool under_way() const { return under_way_; }
  [[nodiscard]] SteadyTime due() const { return due_; }

  std::size_t next = 0;  ///< Of its requests.

 private:
  [[nodiscard]] std::size_t body_size(std::size_t end) {
    std::string head = answer_.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    static constexpr std::string_view name = "\r\ncontent-length:";
    const auto at = head.find(name);
    return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + name.size(), nullptr, 10);
  }

  int socket_;
  std::string answer_;
  SteadyTime due_;
  bool under_way_ = false;
};

/// Drives all connections until nothing is left to send, or the time is over.
class Load {
 public:
  explicit Load(const Options& options) : options_(options), poll_(::epoll_create1(0)) {
    if (options.get.empty()) {
      requests_ = read_requests(options);
    } else {
      get_ = "GET " + options.get + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }
    const std::size_t count = options.get.empty() ? requests_.size() : options.connections;
    if (count == 0) give_up("no connections");
    for (std::size_t i = 0; i < count; ++i)
      connections_.push_back(std::make_unique<Connection>(options.port, poll_));
    if (options.rate > 0) interval_ = Seconds(static_cast<double>(count) / options.rate);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { ::close(poll_); }

  void run() {
    begin_ = std::chrono::steady_clock::now();
    send_due();
    while (under_way_ > 0 || next_due_ != SteadyTime::max()) {
      epoll_event events[64];
      const int count = ::epoll_wait(poll_, events, 64, patience());
      if (count == 0 && next_due_ == SteadyTime::max()) give_up("no answer for ten seconds");
      for (int i = 0; i < count; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
      send_due();
    }
    print();
  }

 private:
  [[nodiscard]] SteadyTime due_of(std::size_t index) const {
    const double share = static_cast<double>(index) / static_cast<double>(connections_.size());
    return begin_ + std::chrono::duration_cast<SteadyTime::duration>(
                        interval_ * (share + static_cast<double>(connections_[index]->next)));
  }

  [[nodiscard]] bool has_next(std::size_t index) const {
    if (!get_.empty()) return std::chrono::steady_clock::now() - begin_ < Seconds(options_.seconds);
    return connections_[index]->next < requests_[index].size();
  }

  void send_due() {
    next_due_ = SteadyTime::max();
    const SteadyTime now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Connection& connection = *connections_[i];
      if (connection.under_way() || !has_next(i)) continue;
      const SteadyTime due = interval_.count() > 0 ? due_of(i) : now;
      if (due > now) {
        next_due_ = std::min(next_due_, due);
        continue;
      }
      connection.send(get_.empty() ? std::string_view(requests_[i][connection.next]) : get_, due);
      ++connection.next;
      ++under_way_;
    }
  }

  [[nodiscard]] int patience() const {
    if (next_due_ == SteadyTime::max()) return 10'000;
    const auto left = next_due_ - std::chrono::steady_clock::now();
    return std::max(0,
                    static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }

  void receive(Connection& connection) {
    if (!connection.receive()) return;
    --under_way_;
    times_.push_back(Seconds(std::chrono::steady_clock::now() - connection.due()).count() * 1000);
  }

  void print() {
    const double took = Seconds(std::chrono::steady_clock::now() - begin_).count();
    std::sort(times_.begin(), times_.end());
    const auto at = [this](double share) {
      return times_.at(static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1)));
    };
    std::printf(
        "{\"answers\": %zu, \"seconds\": %.2f, \"per_second\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": "
        "%.2f, \"max_ms\": %.2f}\n",
        times_.size(), took, static_cast<double>(times_.size()) / took, at(0.5), at(0.99), at(1));
  }

  const Options& options_;
  int poll_;
  std::string get_;
  std::vector<std::vector<std::string>> requests_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Seconds interval_{0};
  SteadyTime begin_;
  SteadyTime next_due_ = SteadyTime::max();
  std::size_t under_way_ = 0;
  std::vector<double> times_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  Load(options).run();
}
