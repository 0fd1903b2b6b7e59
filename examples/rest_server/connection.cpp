#include "connection.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cctype>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "body_stream.hpp"
#include "callqueue/clock.hpp"
#include "callqueue/uuid.hpp"
#include "live_socket.hpp"
#include "log.hpp"

namespace rest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using boost::system::error_code;

constexpr std::uint32_t kLongestHeader = 16'384;
constexpr std::size_t kPiece = 65'536;
constexpr unsigned kSwitched = 101;  ///< Went on as a WebSocket, and has ended.

using BodyParser = http::request_parser<http::buffer_body>;

/// Goes with every answer.
template <class Head>
void put_fields(Head& head, const Request& request, const Response& response, bool keep_alive) {
  head.result(response.status);
  head.set(http::field::server, "callqueue");
  head.set("X-Request-Id", request.id);
  head.set("X-Content-Type-Options", "nosniff");
  head.set(http::field::cache_control, "no-store");
  if (!response.type.empty()) head.set(http::field::content_type, response.type);
  for (const auto& [name, value] : response.fields) {
    if (name == "Cache-Control") head.erase(http::field::cache_control);
    head.insert(name, value);
  }
  head.keep_alive(keep_alive);
}

std::string new_request_id() {
  static callqueue::UuidSource uuids;
  return callqueue::to_text(uuids.next(callqueue::SystemClock{}.now()));
}

/// One connection.
class Connection {
 public:
  Connection(Shared& shared, Peer& peer) : shared_(shared), peer_(peer), stream_(peer.stream) {}

  awaitable<void> run() {
    while (!shared_.stopping && co_await has_next()) {
      if (!co_await serve_one()) break;
    }
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (has_unread_body_) co_await linger();
  }

 private:
  /// Reads on for a while what nobody wants: closing would reset the connection, and a client that
  /// is still sending would lose the answer that tells it why (RFC 9112, section 9.6).
  awaitable<void> linger() {
    stream_.expires_after(shared_.options.linger_time);
    peer_.is_idle = true;
    std::vector<char> piece(kPiece);
    for (error_code error; !error && !shared_.stopping;) {
      co_await stream_.async_read_some(asio::buffer(piece),
                                       asio::redirect_error(use_awaitable, error));
    }
  }

  /// Waits for the first byte of a request.
  awaitable<bool> has_next() {
    if (buffer_.size() > 0) co_return true;
    stream_.expires_after(shared_.options.idle_time);
    error_code error;
    peer_.is_idle = true;
    peer_.is_asked = false;
    const auto size = co_await stream_.async_read_some(buffer_.prepare(kPiece),
                                                       asio::redirect_error(use_awaitable, error));
    peer_.is_idle = false;
    buffer_.commit(size);
    co_return !error;
  }

  /// @return whether the connection stays open.
  awaitable<bool> serve_one() {
    const auto began = std::chrono::steady_clock::now();
    BodyParser body;
    body.header_limit(kLongestHeader);
    body.body_limit(std::numeric_limits<std::uint64_t>::max());  // The route has one.
    stream_.expires_after(shared_.options.header_time);
    error_code error;
    co_await http::async_read_header(stream_, buffer_, body,
                                     asio::redirect_error(use_awaitable, error));
    Request request;
    Response response;
    bool keep = false;
    if (error) {
      const auto refused = refusal_of(error);
      if (!refused) co_return false;
      request.id = new_request_id();
      response = *refused;
    } else if (has_unclear_end(body.get()) || lacks_host(body.get())) {
      request.id = new_request_id();
      response = malformed();
    } else {
      const bool wants_keep = body.get().keep_alive();
      is_head_ = body.get().method() == http::verb::head;
      response = co_await answer(body, request);
      if (response.status == kSwitched) {
        log_request(request, kSwitched, std::chrono::steady_clock::now() - began);
        co_return false;
      }
      shared_.cors.allow(request, response);
      has_unread_body_ = !body.is_done();
      keep = wants_keep && !has_unread_body_ && !shared_.stopping;
    }
    const bool written = co_await write(request, response, keep);
    log_request(request, response.status, std::chrono::steady_clock::now() - began);
    co_return written&& keep;
  }

  /// What a header that cannot be read gets; nothing when nobody listens any more.
  static std::optional<Response> refusal_of(const error_code& error) {
    if (error == beast::error::timeout || error == http::error::end_of_stream) return std::nullopt;
    if (error == http::error::header_limit) {
      return problem(431, "header_too_large", "The header may have 16 KiB.");
    }
    if (error.category() == make_error_code(http::error::bad_version).category()) {
      return malformed();
    }
    return std::nullopt;
  }

  static Response malformed() {
    return problem(400, "bad_request", "This is not a well-formed HTTP/1.1 request.");
  }

  /// HTTP/1.1 has to name the host, once (RFC 9112, section 3.2).
  template <class Message>
  static bool lacks_host(const Message& message) {
    return message.version() == 11 && message.count(http::field::host) != 1;
  }

  /// Whether nobody can tell where its body ends: the last coding has to be `chunked` (RFC 9112,
  /// section 6.3).
  template <class Message>
  static bool has_unclear_end(const Message& message) {
    return message.count(http::field::transfer_encoding) > 0 && !message.chunked();
  }

  /// Finds the route, asks the gate, reads the body, runs the handler.
  awaitable<Response> answer(BodyParser& body, Request& request) {
    const auto& message = body.get();
    auto parsed = parse_target({message.target().data(), message.target().size()});
    if (parsed) request = std::move(*parsed);
    request.id = new_request_id();
    request.method = std::string{message.method_string()};
    if (!parsed) co_return problem(400, "bad_request", "The target of the request is malformed.");
    for (const auto& field : message) {
      std::string name{field.name_string()};
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.fields.emplace_back(std::move(name), std::string{field.value()});
    }
    if (auto asked = shared_.cors.preflight(request)) co_return std::move(*asked);
    auto match = shared_.router.find(request.method, request.path);
    if (match.methods.empty())
      co_return problem(404, "not_found", "There is nothing at this path.");
    if (match.route == nullptr) {
      auto response = problem(405, "method_not_allowed", "The path has " + match.methods + ".");
      response.fields.emplace_back("Allow", match.methods);
      co_return response;
    }
    request.segments = std::move(match.segments);
    const Route& route = *match.route;
    if (route.is_live) co_return co_await answer_live(route, body, request);
    if (route.access != Access::anybody) {
      auto refused =
          co_await on_worker(route, [&] { return shared_.gate.refusal(route, request); });
      if (refused) co_return std::move(*refused);
    }
    if (body.content_length() && *body.content_length() > route.body_limit) {
      co_return too_large(route);
    }
    co_return co_await run_handler(route, body, request);
  }

  /// Serves the WebSocket to its end. A token in the header is looked at before, when a refusal can
  /// still be an answer.
  awaitable<Response> answer_live(const Route& route, BodyParser& body, Request& request) {
    if (!is_live_request(body.get()) || !body.is_done() || buffer_.size() > 0) {
      auto response = problem(426, "upgrade_required", "This is a WebSocket.");
      response.fields.emplace_back("Connection", "Upgrade");
      response.fields.emplace_back("Upgrade", "websocket");
      co_return response;
    }
    // It closes by itself, and soon: a server that ends waits for that.
    peer_.is_asked = true;
    const bool has_token = !request.field("authorization").empty();
    if (has_token) {
      if (auto refused =
              co_await on_worker(route, [&] { return shared_.gate.refusal(route, request); })) {
        co_return std::move(*refused);
      }
    }
    buffer_.shrink_to_fit();
    co_await serve_live(shared_, peer_, route, request, has_token, body.get());
    co_return Response{.status = kSwitched};
  }

  awaitable<Response> run_handler(const Route& route, BodyParser& body, Request& request) {
    body.body_limit(route.body_limit);
    peer_.is_asked = body.is_done();
    if (beast::iequals(body.get()[http::field::expect], "100-continue") && !body.is_done()) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      stream_.expires_after(shared_.options.write_time);
      co_await asio::async_write(stream_, asio::buffer(kGoOn), use_awaitable);
    }
    error_code error;
    BodyShare share{shared_.body_room};
    if (!route.streams) {
      while (!body.is_done() && !error) {
        const auto size = request.body.size();
        if (!share.take(kPiece)) co_return no_room();
        request.body.resize(size + kPiece);
        const auto got = co_await read_piece(body, request.body.data() + size, kPiece, error);
        request.body.resize(size + got);
      }
    }
    if (error == http::error::body_limit) co_return too_large(route);
    if (error == beast::error::timeout) {
      co_return problem(408, "timeout", "The body did not come in time.");
    }
    if (error) co_return problem(400, "bad_request", "The body is malformed or broke off.");
    BodyStream stream([&](char* into, std::size_t size) { return fetch(body, into, size, error); });
    if (route.streams) request.stream = &stream;
    auto response = co_await on_worker(route, [&] { return guarded(route, request); });
    if (error == http::error::body_limit) co_return too_large(route);
    co_return response;
  }

  static Response too_large(const Route& route) {
    return problem(413, "too_large",
                   "The body may have " + std::to_string(route.body_limit) + " bytes.");
  }

  static Response no_room() {
    auto response = problem(503, "unavailable", "Too many requests are arriving at the same time.");
    response.fields.emplace_back("Retry-After", "1");
    return response;
  }

  static Response guarded(const Route& route, Request& request) {
    try {
      return route.handler(request);
    } catch (const std::exception& failure) {
      log_failure(request, failure.what());
      return problem(500, "internal", "The request could not be carried out.");
    }
  }

  /// On a thread that may block, unless the route is light.
  template <class Work>
  awaitable<std::invoke_result_t<Work>> on_worker(const Route& route, Work work) {
    if (route.is_light) co_return work();
    auto& threads = route.waits ? shared_.waiters : shared_.workers;
    co_return co_await on_thread(threads, std::move(work));
  }

  /// Some of the body. @return how much; 0 at its end, or with an error.
  awaitable<std::size_t> read_piece(BodyParser& body, char* into, std::size_t size,
                                    error_code& error) {
    if (body.is_done()) co_return 0;
    peer_.is_asked = false;
    body.get().body().data = into;
    body.get().body().size = size;
    body.get().body().more = true;
    stream_.expires_after(shared_.options.body_time);
    co_await http::async_read_some(stream_, buffer_, body,
                                   asio::redirect_error(use_awaitable, error));
    if (error == http::error::need_buffer) error = {};
    peer_.is_asked = body.is_done();
    co_return size - body.get().body().size;
  }

  /// The same for a worker, which waits for it.
  std::size_t fetch(BodyParser& body, char* into, std::size_t size, error_code& error) {
    std::size_t got = 0;
    while (got == 0 && !body.is_done()) {
      got = asio::co_spawn(
                stream_.get_executor(),
                [&]() -> awaitable<std::size_t> {
                  co_return co_await read_piece(body, into, size, error);
                },
                asio::use_future)
                .get();
      if (error) throw std::runtime_error("the body broke off");
    }
    return got;
  }

  awaitable<bool> write(const Request& request, Response& response, bool keep) {
    error_code error;
    if (response.pieces) {
      co_return co_await write_pieces(request, response, keep);
    }
    http::response<http::string_body> message;
    put_fields(message, request, response, keep);
    const auto size = response.body.size();
    if (!is_head_) message.body() = std::move(response.body);
    if (response.status != 204 && response.status != 304) message.content_length(size);
    stream_.expires_after(shared_.options.write_time);
    http::serializer<false, http::string_body> serializer{message};
    co_await http::async_write(stream_, serializer, asio::redirect_error(use_awaitable, error));
    co_return !error;
  }

  /// A body of unknown length. One that fails on the way breaks off: the client sees that it is not
  /// whole.
  awaitable<bool> write_pieces(const Request& request, Response& response, bool keep) {
    http::response<http::empty_body> message;
    put_fields(message, request, response, keep);
    message.chunked(true);
    http::serializer<false, http::empty_body> serializer{message};
    error_code error;
    stream_.expires_after(shared_.options.write_time);
    co_await http::async_write_header(stream_, serializer,
                                      asio::redirect_error(use_awaitable, error));
    if (is_head_) co_return !error;
    static const Route kBlocking;
    for (bool more = true; more && !error;) {
      std::string piece;
      bool failed = false;
      more = co_await on_worker(kBlocking, [&] {
        try {
          return response.pieces(piece);
        } catch (const std::exception& failure) {
          log_failure(request, failure.what());
          failed = true;
          return false;
        }
      });
      if (failed) co_return false;
      if (piece.empty()) continue;
      stream_.expires_after(shared_.options.write_time);
      co_await asio::async_write(stream_, http::make_chunk(asio::buffer(piece)),
                                 asio::redirect_error(use_awaitable, error));
    }
    if (error) co_return false;
    stream_.expires_after(shared_.options.write_time);
    co_await asio::async_write(stream_, http::make_chunk_last(),
                               asio::redirect_error(use_awaitable, error));
    co_return !error;
  }

  Shared& shared_;
  Peer& peer_;
  beast::tcp_stream& stream_;
  beast::flat_buffer buffer_;
  bool is_head_ = false;
  bool has_unread_body_ = false;
};

}  // namespace

awaitable<void> serve(Shared& shared, std::shared_ptr<Peer> peer) {
  Connection connection{shared, *peer};
  co_await connection.run();
}

}  // namespace rest
