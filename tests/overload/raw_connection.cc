#include "tests/overload/raw_connection.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"

namespace crm::testing {
namespace {

constexpr int kPatienceMs = 30'000;

// Frames of HTTP/2 (RFC 9113).
constexpr uint8_t kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6, kGoAway = 7,
                  kWindow = 8;
constexpr uint8_t kEndStream = 1, kAcknowledged = 1, kEndHeaders = 4;
constexpr size_t kFrameHead = 9;
constexpr uint16_t kInitialWindow = 4;

std::string BigEndian(uint64_t number, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i-- > 0;) text.push_back(static_cast<char>(number >> (8 * i)));
  return text;
}

uint32_t Number(absl::string_view bytes) {
  uint32_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}

// HPACK: a header that enters no table, its texts as they are (and shorter than 127 bytes).
std::string Header(absl::string_view name, absl::string_view value) {
  return absl::StrCat(absl::string_view("\0", 1), BigEndian(name.size(), 1), name,
                      BigEndian(value.size(), 1), value);
}

}  // namespace

std::string Framed(absl::string_view message) {
  return absl::StrCat(absl::string_view("\0", 1), BigEndian(message.size(), 4), message);
}

RawConnection::RawConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Close();
}

RawConnection& RawConnection::operator=(RawConnection&& other) noexcept {
  Close();
  socket_ = std::exchange(other.socket_, -1);
  last_stream_ = other.last_stream_;
  unread_ = std::move(other.unread_);
  heard_ = std::move(other.heard_);
  room_ = other.room_;
  first_room_ = other.first_room_;
  rooms_ = std::move(other.rooms_);
  return *this;
}

void RawConnection::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

bool RawConnection::Send(absl::string_view bytes) {
  while (connected() && !bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      Close();
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return connected();
}

bool RawConnection::SendFrame(uint8_t type, uint8_t flags, uint32_t stream,
                              absl::string_view payload) {
  return Send(absl::StrCat(BigEndian(payload.size(), 3), BigEndian(type, 1), BigEndian(flags, 1),
                           BigEndian(stream, 4), payload));
}

bool RawConnection::Greet(uint32_t window) {
  return Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") &&
         SendFrame(kSettings, 0, 0,
                   absl::StrCat(BigEndian(kInitialWindow, 2), BigEndian(window, 4)));
}

uint32_t RawConnection::Begin(absl::string_view path, absl::string_view token) {
  last_stream_ = last_stream_ == 0 ? 1 : last_stream_ + 2;
  rooms_[last_stream_] = first_room_;
  SendFrame(kHeaders, kEndHeaders, last_stream_,
            absl::StrCat(Header(":method", "POST"), Header(":scheme", "http"),
                         Header(":path", path), Header(":authority", "localhost"),
                         Header("te", "trailers"), Header("content-type", "application/grpc"),
                         Header("authorization", absl::StrCat("Bearer ", token))));
  return last_stream_;
}

bool RawConnection::SendData(uint32_t stream, absl::string_view bytes, bool last) {
  constexpr size_t kLargestFrame = 16'384;
  do {
    const int64_t room = std::min(room_, rooms_[stream]);
    if (room <= 0 && !bytes.empty()) {
      if (!Read(kPatienceMs) || heard_[stream].over()) return false;
      continue;
    }
    const size_t size = std::min({bytes.size(), kLargestFrame, static_cast<size_t>(room)});
    const bool is_last = size == bytes.size();
    if (!SendFrame(kData, last && is_last ? kEndStream : 0, stream, bytes.substr(0, size)))
      return false;
    bytes.remove_prefix(size);
    room_ -= static_cast<int64_t>(size);
    rooms_[stream] -= static_cast<int64_t>(size);
  } while (!bytes.empty());
  return true;
}

uint32_t RawConnection::Ask(absl::string_view path, absl::string_view token,
                            absl::string_view message) {
  const uint32_t stream = Begin(path, token);
  SendData(stream, Framed(message), /*last=*/true);
  return stream;
}

bool RawConnection::GiveRoom(uint32_t stream, uint32_t bytes) {
  return SendFrame(kWindow, 0, 0, BigEndian(bytes, 4)) &&
         SendFrame(kWindow, 0, stream, BigEndian(bytes, 4));
}

bool RawConnection::ReadBytes(size_t count, std::string& into, int milliseconds) {
  while (into.size() < count) {
    if (!connected()) return false;
    pollfd watched{socket_, POLLIN, 0};
    if (poll(&watched, 1, milliseconds) <= 0) return false;
    char piece[16'384];
    const ssize_t size = recv(socket_, piece, std::min(sizeof(piece), count - into.size()), 0);
    if (size <= 0) {
      Close();
      return false;
    }
    into.append(piece, static_cast<size_t>(size));
  }
  return true;
}

bool RawConnection::Read(int milliseconds) {
  if (!ReadBytes(kFrameHead, unread_, milliseconds)) return false;
  const absl::string_view head = unread_;
  const uint32_t size = Number(head.substr(0, 3));
  if (!ReadBytes(kFrameHead + size, unread_, milliseconds)) return false;
  const std::string frame = std::exchange(unread_, {});
  Take(static_cast<uint8_t>(frame[3]), static_cast<uint8_t>(frame[4]),
       Number(absl::string_view(frame).substr(5, 4)), frame.substr(kFrameHead));
  return true;
}

void RawConnection::Take(uint8_t type, uint8_t flags, uint32_t stream, const std::string& payload) {
  switch (type) {
    case kData:
      heard_[stream].data += payload;
      break;
    case kHeaders:
      if ((flags & kEndStream) != 0) heard_[stream].ended = true;
      break;
    case kReset:
      heard_[stream].reset = Number(payload);
      break;
    case kSettings:
      if ((flags & kAcknowledged) != 0) break;
      for (size_t at = 0; at + 6 <= payload.size(); at += 6) {
        if (Number(payload.substr(at, 2)) != kInitialWindow) continue;
        const int64_t room = Number(payload.substr(at + 2, 4));
        for (auto& [number, left] : rooms_) left += room - first_room_;
        first_room_ = room;
      }
      SendFrame(kSettings, kAcknowledged, 0, "");
      break;
    case kPing:
      if ((flags & kAcknowledged) == 0) SendFrame(kPing, kAcknowledged, 0, payload);
      break;
    case kGoAway:
      told_to_leave_ = true;
      break;
    case kWindow:
      (stream == 0 ? room_ : rooms_[stream]) += Number(payload);
      break;
    default:
      break;
  }
}

bool RawConnection::AwaitOver(uint32_t stream, int milliseconds) {
  while (!heard_[stream].over()) {
    if (!Read(milliseconds)) return false;
  }
  return true;
}

bool RawConnection::AwaitClosed(int milliseconds) {
  while (Read(milliseconds)) {
  }
  return !connected();
}

}  // namespace crm::testing
