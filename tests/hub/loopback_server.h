// A server on 127.0.0.1 for tests: gives what a function says to each request, byte for byte, so that it can also break the rules. One
// connection at a time, closed after each answer; gone with the object.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace akin::testing {

struct SeenRequest {
  std::string method, target, head, body;  ///< `head`: request line and headers as they came
  /// The value of a header, empty without it.
  [[nodiscard]] std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class LoopbackServer {
 public:
  using Answer = std::function<std::string(const SeenRequest&)>;

  explicit LoopbackServer(Answer answer) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 64) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port for the test's server");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LoopbackServer() {
    stop_ = true;
    thread_.join();
    ::close(socket_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::string url(const std::string& target = "") const { return "http://127.0.0.1:" + std::to_string(port_) + target; }
  [[nodiscard]] std::string other_name(const std::string& target = "") const {
    return "http://localhost:" + std::to_string(port_) + target;
  }
  [[nodiscard]] std::vector<SeenRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  /// A whole answer; `headers` end in "\r\n" each.
  static std::string reply(int status, const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\nConnection: close\r\n\r\n" + body;
  }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 10) <= 0) continue;
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) continue;
      talk(connection);
      ::close(connection);
    }
  }

  void talk(int connection) {
    const timeval limit{5, 0};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SeenRequest request;
    if (!receive(connection, request)) return;
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(request);
    }
    std::string answer = answer_(request);
    if (request.method == "HEAD") answer.resize(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
    for (std::size_t at = 0; at < answer.size();) {
      const ssize_t n = ::send(connection, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
      if (n <= 0) return;
      at += static_cast<std::size_t>(n);
    }
  }

  static bool receive(int connection, SeenRequest& request) {
    std::string all;
    std::size_t head_end = std::string::npos, wanted = 0;
    char buffer[4096];
    while (head_end == std::string::npos || all.size() < head_end + wanted) {
      const ssize_t n = ::recv(connection, buffer, sizeof buffer, 0);
      if (n <= 0) return false;
      all.append(buffer, static_cast<std::size_t>(n));
      if (head_end != std::string::npos || (head_end = all.find("\r\n\r\n")) == std::string::npos) continue;
      head_end += 4;
      request.head = all.substr(0, head_end);
      const std::string length = request.header("Content-Length");
      wanted = length.empty() ? 0 : std::stoul(length);
    }
    request.body = all.substr(head_end);
    request.method = request.head.substr(0, request.head.find(' '));
    const std::size_t target = request.method.size() + 1;
    request.target = request.head.substr(target, request.head.find(' ', target) - target);
    return true;
  }

  Answer answer_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::thread thread_;
};

}  // namespace akin::testing
