#include "postgres_support.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

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

/// @return whether there was something to pass on.
bool pass_on(int from, int to) {
  std::array<char, 65536> buffer{};
  const auto count = read(from, buffer.data(), buffer.size());
  for (ssize_t sent = 0; sent < count;) {
    const auto part = write(to, buffer.data() + sent, static_cast<std::size_t>(count - sent));
    if (part < 0) return false;
    sent += part;
  }
  return count > 0;
}

}  // namespace

std::string server_url() {
  const char* url = std::getenv("CALLQUEUE_TEST_POSTGRES");
  if (url == nullptr) throw std::runtime_error("run this by tests/postgres/with_server.py");
  return url;
}

Connection connect(const Connection::Options& options) { return {server_url(), options}; }

FreshDatabase::FreshDatabase() {
  static std::atomic<int> made = 0;
  name_ = "callqueue_" + std::to_string(getpid()) + "_" + std::to_string(++made);
  postgres_tests::connect().execute("CREATE DATABASE " + name_);
}

FreshDatabase::~FreshDatabase() {
  try {
    postgres_tests::connect().execute("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const Failure&) {  // It goes with the server.
  }
}

std::string FreshDatabase::url() const {
  const auto server = server_url();
  const auto begin = server.find('/', server.find("://") + 3);
  const auto end = std::min(server.find('?'), server.size());
  return server.substr(0, std::min(begin, end)) + "/" + name_ + server.substr(end);
}

void terminate(Connection& connection) {
  const int process = PQbackendPID(connection.native());
  auto administrator = connect();
  administrator.query("SELECT pg_terminate_backend($1)", process);
  const char* const is_there = "SELECT 1 FROM pg_stat_activity WHERE pid = $1";
  while (administrator.value<int>(is_there, process)) std::this_thread::yield();
}

Proxy::Proxy() {
  auto pattern = (std::filesystem::temp_directory_path() / "callqueue-proxy-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  const auto address = address_in(folder_, "5432");
  if (bind(listener_, plain(address), sizeof address) != 0 || listen(listener_, 1) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

Proxy::~Proxy() {
  thread_.request_stop();
  thread_.join();
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Proxy::url() const { return "postgresql://postgres@/postgres?host=" + folder_; }

void Proxy::serve(const std::stop_token& stop) const {
  constexpr int look = 20;  // Milliseconds between two looks at whether to stop.
  pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
  while (poll(&waiting, 1, look) == 0) {
    if (stop.stop_requested()) return;
  }
  const int client = accept(listener_, nullptr, nullptr);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  const auto address = server_address();
  bool open = connect(server, plain(address), sizeof address) == 0;
  while (open && !stop.stop_requested()) {
    std::array<pollfd, 2> ends{pollfd{.fd = client, .events = POLLIN, .revents = 0},
                               pollfd{.fd = server, .events = POLLIN, .revents = 0}};
    if (poll(ends.data(), ends.size(), look) <= 0) continue;
    if (swallows_) {
      std::this_thread::yield();
      continue;
    }
    if (ends[0].revents != 0) open = pass_on(client, server);
    if (open && ends[1].revents != 0) open = pass_on(server, client);
  }
  close(client);
  close(server);
}

}  // namespace postgres_tests
