#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "cors.hpp"
#include "gate.hpp"
#include "router.hpp"
#include "server.hpp"

namespace rest {

/// One client's connection. Touched on its stream's executor only.
struct Peer {
  explicit Peer(boost::asio::ip::tcp::socket socket) : stream(std::move(socket)) {}

  boost::beast::tcp_stream stream;
  bool is_idle = false;   ///< Waits for a request: may be closed at any time.
  bool is_asked = false;  ///< A request is here as a whole: whoever asked waits for the answer.
};

/// What the connections of a server share.
struct Shared {
  Shared(const Router& router, Gate& gate, const ServerOptions& options)
      : router(router),
        gate(gate),
        cors(options.cors_origins),
        options(options),
        workers(static_cast<std::size_t>(options.workers)),
        waiters(static_cast<std::size_t>(options.waiters)) {}

  const Router& router;
  Gate& gate;
  const Cors cors;
  ServerOptions options;
  boost::asio::thread_pool workers;
  boost::asio::thread_pool waiters;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::condition_variable closed;
  std::set<std::shared_ptr<Peer>> peers;
};

/// Serves one connection, request after request, until it closes. Its stream's executor must not
/// run two of its handlers at once.
[[nodiscard]] boost::asio::awaitable<void> serve(Shared& shared, std::shared_ptr<Peer> peer);

}  // namespace rest
