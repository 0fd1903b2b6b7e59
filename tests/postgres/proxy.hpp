#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace postgres_tests {

/// Stands between stores and the server, as a network does, and can stop passing anything on
/// without hanging up.
///
/// What a statement is, is told by its text: a connection that prepares statements sends it only
/// the first time.
class Proxy {
 public:
  Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  /// Where it listens, on a socket of its own.
  [[nodiscard]] std::string url(const std::string& database = "postgres") const;

  /// Passes nothing on any more, on any connection.
  void hang();
  /// Hangs instead of passing on the first statement that holds this text.
  void hang_before(std::string statement);
  /// Passes that statement on and hangs when the server has done it: its effect is there, its
  /// answer never comes.
  void hang_after(std::string statement);
  /// Passes on again whatever had come meanwhile.
  void resume();
  /// Ends all connections that there are, with all that was on its way; new ones are served.
  void cut();

  /// How often the server has answered so far, on the connection where it did most often: that of
  /// a store with one connection, beside which it only notifies.
  [[nodiscard]] int round_trips();

  /// Waits until it hangs, ten seconds at most. @return whether it does.
  [[nodiscard]] bool wait_until_hung();

 private:
  enum class Hook { none, before, after };
  /// A client's connection, and the one to the server that was made for it.
  struct Wire {
    int client = -1;
    int server = -1;
    std::string from_client;  ///< Not yet passed on.
    std::string from_server;
    int answers = 0;
    bool is_watched = false;  ///< The statement went this way; its answer is waited for.
  };

  void serve(const std::stop_token& stop);
  void welcome();
  /// @return false when either end has hung up.
  bool carry(Wire& wire, bool client_has, bool server_has);
  void pass_to_server(Wire& wire);
  void pass_to_client(Wire& wire);
  void hang_now();
  static void close_both(const Wire& wire);

  std::string folder_;
  int listener_ = -1;
  std::mutex mutex_;  ///< For all that follows.
  std::condition_variable changed_;
  std::vector<Wire> wires_;
  Hook hook_ = Hook::none;
  std::string text_;
  bool hung_ = false;
  std::jthread thread_;
};

}  // namespace postgres_tests
