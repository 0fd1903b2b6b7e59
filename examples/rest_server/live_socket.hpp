#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>

#include "connection.hpp"

namespace rest {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::buffer_body>;

/// Whether it asks for a WebSocket.
[[nodiscard]] bool is_live_request(const UpgradeRequest& request);

/// Serves a WebSocket from its handshake to its end: writes out its user's events as they come, at
/// the client's pace.
///
/// The client says nothing but who it is, in its first message, and that only if the request's
/// header did not; all that it may send and take its time for is bounded.
/// @param is_admitted whether the gate has let the request in already.
[[nodiscard]] boost::asio::awaitable<void> serve_live(Shared& shared, Peer& peer,
                                                      const Route& route, Request& request,
                                                      bool is_admitted,
                                                      const UpgradeRequest& upgrade);

}  // namespace rest
