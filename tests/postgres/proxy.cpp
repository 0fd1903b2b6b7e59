#include "proxy.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "postgres_support.hpp"

namespace postgres_tests {
namespace {

sockaddr_un address_in(const std::string& folder, const std::string& port) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = folder + "/.s.PGSQL." + port;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the path is too long");
  path.copy(static_cast<char*>(address.sun_path), path.size());
  return address;
}

const sockaddr* plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Where the server listens.
sockaddr_un server_address() {
  auto connection = connect();
  return address_in(PQhost(connection.native()), PQport(connection.native()));
}

/// Adds what has come. @return false when the other side has hung up.
bool take_in(int from, std::string& to) {
  std::array<char, 65536> buffer{};
  const auto count = recv(from, buffer.data(), buffer.size(), 0);
  if (count > 0) to.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

void send_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;  // Its end is noticed where it is read from.
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// A message of the server's: its kind, and its length with all that is about it.
struct Message {
  char kind;
  std::size_t size;
};

std::optional<Message> first_message(std::string_view bytes) {
  if (bytes.size() < 5) return std::nullopt;
  std::size_t length = 0;
  for (const char byte : bytes.substr(1, 4))
    length = length << 8U | static_cast<unsigned char>(byte);
  if (bytes.size() < length + 1) return std::nullopt;
  return Message{bytes.front(), length + 1};
}

constexpr char kCommandComplete = 'C';
constexpr char kReadyForQuery = 'Z';

}  // namespace

Proxy::Proxy() {
  auto pattern = (std::filesystem::temp_directory_path() / "callqueue-proxy-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  const auto address = address_in(folder_, "5432");
  if (bind(listener_, plain(address), sizeof address) != 0 || listen(listener_, 16) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Proxy::~Proxy() {
  thread_.request_stop();
  thread_.join();
  cut();
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Proxy::url(const std::string& database) const {
  return "postgresql://postgres@/" + database + "?host=" + folder_;
}

void Proxy::hang_now() {
  hung_ = true;
  hook_ = Hook::none;
  changed_.notify_all();
}

void Proxy::hang() {
  const std::lock_guard lock(mutex_);
  hang_now();
}

void Proxy::hang_before(std::string statement) {
  const std::lock_guard lock(mutex_);
  hook_ = Hook::before;
  text_ = std::move(statement);
}

void Proxy::hang_after(std::string statement) {
  const std::lock_guard lock(mutex_);
  hook_ = Hook::after;
  text_ = std::move(statement);
}

void Proxy::resume() {
  const std::lock_guard lock(mutex_);
  hung_ = false;
}

void Proxy::cut() {
  const std::lock_guard lock(mutex_);
  std::for_each(wires_.begin(), wires_.end(), close_both);
  wires_.clear();
  hung_ = false;
}

int Proxy::round_trips() {
  const std::lock_guard lock(mutex_);
  int most = 0;
  for (const auto& wire : wires_) most = std::max(most, wire.answers);
  return most;
}

bool Proxy::wait_until_hung() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds{60}, [this] { return hung_; });
}

void Proxy::close_both(const Wire& wire) {
  close(wire.client);
  close(wire.server);
}

void Proxy::serve(const std::stop_token& stop) {
  constexpr int look = 5;  // Milliseconds between two looks at what the tests want.
  while (!stop.stop_requested()) {
    std::vector<pollfd> ends{{.fd = listener_, .events = POLLIN, .revents = 0}};
    {
      const std::lock_guard lock(mutex_);
      for (const auto& wire : wires_) {
        const short wanted = hung_ ? 0 : POLLIN;
        ends.push_back({.fd = wire.client, .events = wanted, .revents = 0});
        ends.push_back({.fd = wire.server, .events = wanted, .revents = 0});
      }
    }
    poll(ends.data(), ends.size(), look);
    const std::lock_guard lock(mutex_);
    std::vector<Wire> kept;
    for (auto& wire : wires_) {
      const auto has_news = [&](int end) {
        return std::any_of(ends.begin(), ends.end(), [&](const pollfd& polled) {
          return polled.fd == end && polled.revents != 0;
        });
      };
      if (hung_ || carry(wire, has_news(wire.client), has_news(wire.server))) {
        kept.push_back(std::move(wire));
      } else {
        close_both(wire);
      }
    }
    wires_ = std::move(kept);
    if (ends.front().revents != 0) welcome();
  }
}

void Proxy::welcome() {
  Wire wire{.client = accept(listener_, nullptr, nullptr),
            .server = socket(AF_UNIX, SOCK_STREAM, 0),
            .from_client = {},
            .from_server = {}};
  static const auto address = server_address();
  if (connect(wire.server, plain(address), sizeof address) == 0) {
    wires_.push_back(std::move(wire));
  } else {
    close_both(wire);
  }
}

bool Proxy::carry(Wire& wire, bool client_has, bool server_has) {
  // Who has hung up may have said something before: a network delivers that all the same.
  const bool client_stays = !client_has || take_in(wire.client, wire.from_client);
  pass_to_server(wire);
  const bool server_stays = !server_has || take_in(wire.server, wire.from_server);
  pass_to_client(wire);
  return hung_ || (client_stays && server_stays);
}

void Proxy::pass_to_server(Wire& wire) {
  if (hook_ != Hook::none && wire.from_client.find(text_) != std::string::npos) {
    if (hook_ == Hook::before) return hang_now();
    wire.is_watched = true;
  }
  send_all(wire.server, std::exchange(wire.from_client, {}));
}

void Proxy::pass_to_client(Wire& wire) {
  // Message by message: what is held back begins with the word that a statement was completed.
  std::size_t whole = 0;
  std::size_t completed = std::string::npos;
  while (const auto message = first_message(std::string_view{wire.from_server}.substr(whole))) {
    if (message->kind == kCommandComplete && wire.is_watched)
      completed = std::min(completed, whole);
    whole += message->size;
    if (message->kind == kReadyForQuery) ++wire.answers;
    // Only now a statement that commits by itself is committed.
    if (message->kind != kReadyForQuery || completed == std::string::npos) continue;
    if (hook_ == Hook::after) hang_now();
    wire.is_watched = false;
    break;
  }
  const auto until = hung_ || wire.is_watched ? std::min(whole, completed) : whole;
  send_all(wire.client, std::string_view{wire.from_server}.substr(0, until));
  wire.from_server.erase(0, until);
}

}  // namespace postgres_tests
