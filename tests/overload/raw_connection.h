// RawConnection: a client that speaks HTTP/2 by hand, so that it can do what no decent client does:
// connect and say nothing, begin requests and not end them, ask and never listen. It costs a socket
// and a few hundred bytes, so that a test can have ten thousand.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace crm::testing {

// A message as gRPC frames it.
std::string Framed(absl::string_view message);

class RawConnection {
 public:
  static constexpr uint32_t kDefaultWindow = 65'535;

  // Connects to a port of this machine; connected() says whether that worked.
  explicit RawConnection(int port);
  ~RawConnection() { Close(); }
  RawConnection(RawConnection&& other) noexcept { *this = std::move(other); }
  RawConnection& operator=(RawConnection&& other) noexcept;

  bool connected() const { return socket_ >= 0; }
  void Close();

  // Sends bytes as they are; false once the server has closed.
  bool Send(absl::string_view bytes);
  // The beginning of HTTP/2; each stream of the server's may send so many bytes before it is given
  // more room.
  bool Greet(uint32_t window = kDefaultWindow);
  // Begins a call on a new stream, whose number is returned; no message yet.
  uint32_t Begin(absl::string_view path, absl::string_view token);
  // Sends part of a request; waits for the room the server gives. False when the stream or the
  // connection is over, or nothing moves any more.
  bool SendData(uint32_t stream, absl::string_view bytes, bool last);
  // Begin and SendData of one whole message.
  uint32_t Ask(absl::string_view path, absl::string_view token, absl::string_view message);
  // Gives the server room for so many bytes more on a stream, and on the connection.
  bool GiveRoom(uint32_t stream, uint32_t bytes);

  // What came on a stream so far.
  struct Heard {
    std::string data;
    bool ended = false;             // with a status
    std::optional<uint32_t> reset;  // the HTTP/2 code it was cut off with
    bool over() const { return ended || reset.has_value(); }
  };
  const Heard& heard(uint32_t stream) { return heard_[stream]; }
  // Whether the server has said that it will close the connection (GOAWAY).
  bool told_to_leave() const { return told_to_leave_; }
  // Reads one frame; false when none comes in time or the server has closed.
  bool Read(int milliseconds);
  // Reads until the stream is over; false when that does not come in time.
  bool AwaitOver(uint32_t stream, int milliseconds);
  // Reads until the server closes; false when it does not in time.
  bool AwaitClosed(int milliseconds);

 private:
  bool SendFrame(uint8_t type, uint8_t flags, uint32_t stream, absl::string_view payload);
  bool ReadBytes(size_t count, std::string& into, int milliseconds);
  void Take(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload);

  int socket_ = -1;
  uint32_t last_stream_ = 0;
  std::string unread_;  // came, not yet a whole frame
  std::map<uint32_t, Heard> heard_;
  bool told_to_leave_ = false;
  // Bytes we may send.
  int64_t room_ = kDefaultWindow;
  int64_t first_room_ = kDefaultWindow;
  std::map<uint32_t, int64_t> rooms_;
};

}  // namespace crm::testing
