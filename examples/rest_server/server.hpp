#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gate.hpp"
#include "live_events.hpp"
#include "router.hpp"

namespace rest {

/// How a server listens, and how long it has patience.
struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;  ///< 0: any that is free, see `Server::port`.
  int io_threads = 2;
  int workers = 8;   ///< Handlers at the same time; as many as the store has connections.
  int waiters = 64;  ///< Handlers beside them that wait for others most of the time.
  int most_connections = 2'000;
  /// What bodies may take in memory together, in bytes; a file that streams takes none.
  std::size_t body_memory = 32 << 20;
  std::vector<std::string> cors_origins = {};  ///< Other sites whose pages may ask.
  std::chrono::milliseconds header_time{
      10'000};  ///< From a request's first byte to its header's end.
  std::chrono::milliseconds body_time{30'000};   ///< For each piece of a body.
  std::chrono::milliseconds write_time{30'000};  ///< For each piece of an answer.
  std::chrono::milliseconds idle_time{60'000};   ///< Between two requests of a connection.
  std::chrono::milliseconds linger_time{2'000};  ///< For what a refused client still sends.
  std::chrono::milliseconds drain_time{10'000};  ///< How long a stop waits for what still arrives.
  std::chrono::milliseconds finish_time{300'000};  ///< And then for answers to what has arrived.
};

/// An HTTP/1.1 server: reads requests within bounds of size and time, hands them to the routes'
/// handlers on threads of their own (these may block), and writes the answers.
class Server {
 public:
  /// @param router, gate, events must outlive the server.
  /// @throws std::system_error when the address cannot be listened at.
  Server(const Router& router, Gate& gate, LiveEvents& events, ServerOptions options);
  ~Server();  ///< Stops.
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it listens.
  [[nodiscard]] std::uint16_t port() const;
  /// Accepts nothing more, ends the requests under way, closes connections, WebSockets with 1001;
  /// returns when all are closed. Once only; thread-safe.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rest
