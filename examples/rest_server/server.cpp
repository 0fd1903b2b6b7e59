#include "server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <vector>

#include "connection.hpp"
#include "log.hpp"

namespace rest {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Server::Impl {
  Impl(const Router& router, Gate& gate, LiveEvents& events, const ServerOptions& options)
      : io(options.io_threads),
        acceptor(asio::make_strand(io), {asio::ip::make_address(options.host), options.port}),
        port(acceptor.local_endpoint().port()),
        shared(router, gate, events, options) {
    asio::co_spawn(acceptor.get_executor(), accept(), asio::detached);
    for (int i = 0; i < options.io_threads; ++i) threads.emplace_back([this] { io.run(); });
  }

  asio::awaitable<void> accept() {
    for (;;) {
      boost::system::error_code error;
      auto socket = co_await acceptor.async_accept(
          asio::make_strand(io), asio::redirect_error(asio::use_awaitable, error));
      if (!acceptor.is_open()) co_return;
      if (error) {
        // No file descriptors, most likely: somebody will close one.
        asio::steady_timer timer{acceptor.get_executor(), std::chrono::milliseconds{100}};
        co_await timer.async_wait(asio::use_awaitable);
        continue;
      }
      socket.set_option(tcp::no_delay{true}, error);
      start(std::make_shared<Peer>(std::move(socket)));
    }
  }

  void start(const std::shared_ptr<Peer>& peer) {
    {
      const std::lock_guard lock(shared.mutex);
      if (shared.stopping ||
          static_cast<int>(shared.peers.size()) >= shared.options.most_connections) {
        return;  // Closes it.
      }
      shared.peers.insert(peer);
    }
    asio::co_spawn(peer->stream.get_executor(), serve(shared, peer),
                   [this, peer](const std::exception_ptr&) {
                     const std::lock_guard lock(shared.mutex);
                     shared.peers.erase(peer);
                     shared.closed.notify_all();
                   });
  }

  /// Does it to each connection, where that one is served.
  template <class Act>
  void each(Act act) {
    const std::lock_guard lock(shared.mutex);
    for (const auto& peer : shared.peers) {
      asio::post(peer->stream.get_executor(), [peer, act] { act(*peer); });
    }
  }
  /// Closes the connections of which this is true.
  template <class Which>
  void close(Which which) {
    each([which](Peer& peer) {
      if (which(peer)) peer.stream.close();
    });
  }
  /// @return whether all connections have been closed by then.
  bool closed_within(std::chrono::milliseconds time) {
    std::unique_lock lock(shared.mutex);
    return shared.closed.wait_for(lock, time, [&] { return shared.peers.empty(); });
  }

  void stop() {
    if (shared.stopping.exchange(true)) return;
    asio::post(acceptor.get_executor(), [this] { acceptor.close(); });
    close([](const Peer& peer) { return peer.is_idle; });
    each([](const Peer& peer) {
      if (peer.go_away) peer.go_away();
    });
    if (!closed_within(shared.options.drain_time)) {
      // What is not here as a whole by now is not done. The rest is, and its answer is owed.
      close([](const Peer& peer) { return !peer.is_asked; });
      if (!closed_within(shared.options.finish_time)) close([](const Peer&) { return true; });
    }
    shared.workers.join();
    shared.waiters.join();
    io.stop();
    for (auto& thread : threads) thread.join();
  }

  asio::io_context io;
  tcp::acceptor acceptor;
  const std::uint16_t port;
  Shared shared;
  std::vector<std::thread> threads;
};

Server::Server(const Router& router, Gate& gate, LiveEvents& events, ServerOptions options)
    : impl_(std::make_unique<Impl>(router, gate, events, options)) {}

Server::~Server() { stop(); }

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop() { impl_->stop(); }

}  // namespace rest
