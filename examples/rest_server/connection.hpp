#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <type_traits>
#include <utility>

#include "body_room.hpp"
#include "cors.hpp"
#include "gate.hpp"
#include "live_events.hpp"
#include "router.hpp"
#include "server.hpp"

namespace rest {

/// One client's connection. Touched on its stream's executor only.
struct Peer {
  explicit Peer(boost::asio::ip::tcp::socket socket) : stream(std::move(socket)) {}

  boost::beast::tcp_stream stream;
  bool is_idle = false;   ///< Waits for a request: may be closed at any time.
  bool is_asked = false;  ///< A request is here as a whole: whoever asked waits for the answer.
  std::function<void()> go_away;  ///< For a WebSocket: has it say that the server ends, and close.
};

/// What the connections of a server share.
struct Shared {
  Shared(const Router& router, Gate& gate, LiveEvents& events, const ServerOptions& options)
      : router(router),
        gate(gate),
        events(events),
        cors(options.cors_origins),
        options(options),
        body_room(options.body_memory),
        workers(static_cast<std::size_t>(options.workers)),
        waiters(static_cast<std::size_t>(options.waiters)) {}

  const Router& router;
  Gate& gate;
  LiveEvents& events;
  const Cors cors;
  ServerOptions options;
  BodyRoom body_room;
  boost::asio::thread_pool workers;
  boost::asio::thread_pool waiters;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::condition_variable closed;
  std::set<std::shared_ptr<Peer>> peers;
};

/// Does what may block on one of these threads.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> on_thread(boost::asio::thread_pool& threads,
                                                             Work work) {
  using Done = std::invoke_result_t<Work>;
  co_return co_await boost::asio::co_spawn(
      threads.get_executor(),
      [](Work run) -> boost::asio::awaitable<Done> { co_return run(); }(std::move(work)),
      boost::asio::use_awaitable);
}

/// Serves one connection, request after request, until it closes. Its stream's executor must not
/// run two of its handlers at once.
[[nodiscard]] boost::asio::awaitable<void> serve(Shared& shared, std::shared_ptr<Peer> peer);

}  // namespace rest
