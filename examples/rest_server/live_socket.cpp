#include "live_socket.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "json_reader.hpp"
#include "log.hpp"

namespace rest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::awaitable;
using asio::use_awaitable;
using boost::system::error_code;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// Of what the client may say in its one message.
constexpr std::size_t kLongestMessage = 4'096;
/// Pings and pongs a second.
constexpr int kMostControls = 20;
/// What the system keeps of what a client has not taken yet.
constexpr int kSendBuffer = 65'536;
constexpr auto kTick = 1s;
constexpr auto kTimeForToken = 5s;
constexpr auto kTimeForMessage = 10s;
constexpr auto kTimeForClose = 3s;
/// A client that is silent for half of it is sent a ping, which it has to answer.
constexpr auto kTimeForSilence = 20s;

/// One client. Runs on its connection's executor only, in coroutines: `listen` reads, `tell`
/// writes, `keep_time` counts seconds; whoever finds that it is over says so (`end`), and `run`
/// closes.
///
/// Where the request came from (`Origin`) does not matter: a browser adds no token by itself, so a
/// page of somebody else's has none to show.
class LiveSocket : public std::enable_shared_from_this<LiveSocket> {
 public:
  LiveSocket(Shared& shared, Peer& peer, const Route& route, Request& request, bool is_admitted)
      : shared_(shared),
        peer_(peer),
        route_(route),
        request_(request),
        socket_(peer.stream),
        news_(peer.stream.get_executor(), Steady::time_point::max()),
        second_(peer.stream.get_executor()),
        is_admitted_(is_admitted),
        has_token_(is_admitted) {}

  awaitable<void> run(const UpgradeRequest& upgrade) {
    if (!co_await accept(upgrade)) co_return;
    peer_.go_away = [this] { end({websocket::close_code::going_away, "the server ends"}); };
    if (shared_.stopping) peer_.go_away();
    start(listen());
    start(tell());
    start(keep_time());
    while (!ending_) co_await wait();
    co_await close();
    peer_.go_away = {};
    while (parts_ > 0) co_await wait();
  }

 private:
  awaitable<bool> accept(const UpgradeRequest& upgrade) {
    error_code error;
    peer_.stream.expires_never();  // The WebSocket has timers of its own.
    peer_.stream.socket().set_option(asio::socket_base::send_buffer_size{kSendBuffer}, error);
    socket_.set_option(websocket::stream_base::timeout{.handshake_timeout = kTimeForToken,
                                                       .idle_timeout = kTimeForSilence,
                                                       .keep_alive_pings = true});
    socket_.set_option(websocket::stream_base::decorator{[this](websocket::response_type& answer) {
      answer.set(beast::http::field::server, "callqueue");
      answer.set("X-Request-Id", request_.id);
    }});
    socket_.read_message_max(kLongestMessage);
    socket_.control_callback([this](websocket::frame_type, beast::string_view) {
      if (++controls_ > kMostControls) refuse("there are too many pings");
    });
    socket_.text(true);
    co_await socket_.async_accept(upgrade, asio::redirect_error(use_awaitable, error));
    deadline_ = Steady::now() + kTimeForToken;
    co_return !error;
  }

  awaitable<void> tell() {
    while (!ending_) co_await go_on();
  }

  awaitable<void> go_on() {
    if (refused_) {
      co_await tell_refusal();
    } else if (subscription_) {
      const auto message = subscription_->next();
      if (message) {
        co_await write(*message);
      } else {
        co_await wait();
      }
    } else if (!has_token_) {
      co_await wait();
    } else if (!is_admitted_) {
      refused_ = co_await on_thread(shared_.workers,
                                    [this] { return shared_.gate.refusal(route_, request_); });
      is_admitted_ = !refused_;
    } else {
      subscribe();
    }
  }

  void subscribe() {
    const auto after = request_.parameter("after").value_or("");
    subscription_ = route_.access == Access::administrator
                        ? shared_.events.subscribe_to_users(after, waker())
                        : shared_.events.subscribe(request_.caller.user_id, after, waker());
    if (!subscription_) {
      refused_ = problem(429, "too_many_requests", "There are too many WebSockets.");
    }
    deadline_ = Steady::time_point::max();
  }

  /// A client that has its WebSocket gets no answer over HTTP any more.
  awaitable<void> tell_refusal() {
    const std::string message = "{\"type\":\"problem\",\"problem\":" + refused_->body + '}';
    co_await write(message);
    const bool may_come_back = refused_->status == 429 || refused_->status >= 500;
    end({may_come_back ? websocket::close_code::try_again_later
                       : websocket::close_code::policy_error,
         "see the message before"});
  }

  awaitable<void> write(const std::string& message) {
    deadline_ = Steady::now() + kTimeForMessage;
    error_code error;
    co_await socket_.async_write(asio::buffer(message), asio::redirect_error(use_awaitable, error));
    if (error) end();
    if (!ending_) deadline_ = Steady::time_point::max();
  }

  awaitable<void> listen() {
    error_code error;
    if (!has_token_) {
      beast::flat_buffer said;
      co_await socket_.async_read(said, asio::redirect_error(use_awaitable, error));
      if (error) co_return;
      take_token({static_cast<const char*>(said.data().data()), said.size()});
    }
    // From here on only control frames come, which are read all the same.
    char byte = 0;
    co_await socket_.async_read_some(asio::buffer(&byte, 1),
                                     asio::redirect_error(use_awaitable, error));
    if (!error) refuse("there is nothing to say here");
  }

  /// What others say in the request: `{"token": …, "after": …, "user_id": …}`.
  void take_token(std::string_view said) {
    std::string token;
    std::string after;
    std::string user_id;
    JsonReader in{said};
    in.required("token", token);
    in.optional("after", after);
    in.optional("user_id", user_id);
    if (const auto error = in.done()) refused_ = problem(*error);
    request_.fields.emplace_back("authorization", "Bearer " + token);
    if (!user_id.empty()) request_.fields.emplace_back("x-user-id", user_id);
    if (!after.empty()) request_.query.emplace_back("after", after);
    has_token_ = true;
    wake();
  }

  awaitable<void> keep_time() {
    while (!is_over_) {
      error_code ignored;
      second_.expires_after(kTick);
      co_await second_.async_wait(asio::redirect_error(use_awaitable, ignored));
      controls_ = 0;
      if (Steady::now() >= deadline_) {
        has_token_ || ending_ ? drop() : refuse("the token did not come in time");
      }
      if (subscription_ && !ending_) co_await check_token();
    }
  }

  awaitable<void> check_token() {
    if (shared_.gate.trusts(request_)) co_return;
    const bool is_good = co_await on_thread(
        shared_.workers, [this] { return shared_.gate.is_still_good(request_); });
    if (!is_good) refuse("the token is not valid any more");
  }

  /// Ends it. @param why is told to the client; none: that has gone.
  void end(const websocket::close_reason& why = {}) {
    if (!ending_) ending_ = why;
    wake();
  }
  void refuse(const char* why) { end({websocket::close_code::policy_error, why}); }

  awaitable<void> close() {
    deadline_ = Steady::now() + kTimeForClose;
    if (ending_->code != websocket::close_code::none) {
      error_code ignored;
      co_await socket_.async_close(*ending_, asio::redirect_error(use_awaitable, ignored));
    }
    is_over_ = true;
    drop();
    second_.cancel();
  }
  void drop() { peer_.stream.close(); }

  /// Runs beside; `parts_` counts those that have not ended.
  void start(awaitable<void> part) {
    ++parts_;
    asio::co_spawn(peer_.stream.get_executor(), std::move(part),
                   [self = shared_from_this()](const std::exception_ptr&) {
                     --self->parts_;
                     self->end();
                   });
  }

  // `wait` returns after the next `wake`. Look at everything first, then wait.
  awaitable<void> wait() {
    error_code ignored;
    co_await news_.async_wait(asio::redirect_error(use_awaitable, ignored));
  }
  void wake() { news_.cancel(); }
  /// The same from any thread, also when it is too late.
  std::function<void()> waker() {
    return [socket = weak_from_this(), executor = peer_.stream.get_executor()] {
      asio::post(executor, [socket] {
        if (const auto self = socket.lock()) self->wake();
      });
    };
  }

  Shared& shared_;
  Peer& peer_;
  const Route& route_;
  Request& request_;
  websocket::stream<beast::tcp_stream&, false> socket_;
  asio::steady_timer news_;
  asio::steady_timer second_;
  std::unique_ptr<EventSubscription> subscription_;
  bool is_admitted_;
  bool has_token_;
  bool is_over_ = false;
  int parts_ = 0;
  int controls_ = 0;
  Steady::time_point deadline_ = Steady::time_point::max();
  std::optional<Response> refused_;
  std::optional<websocket::close_reason> ending_;
};

}  // namespace

bool is_live_request(const UpgradeRequest& request) { return websocket::is_upgrade(request); }

awaitable<void> serve_live(Shared& shared, Peer& peer, const Route& route, Request& request,
                           bool is_admitted, const UpgradeRequest& upgrade) {
  const auto socket = std::make_shared<LiveSocket>(shared, peer, route, request, is_admitted);
  co_await socket->run(upgrade);
}

}  // namespace rest
